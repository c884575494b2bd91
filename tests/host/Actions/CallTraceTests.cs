using System.Diagnostics;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Tests.Actions;

/// <summary>Listeners are the whole process's: while these run, no other test's is there.</summary>
[CollectionDefinition(nameof(CallTraceTests), DisableParallelization = true)]
[Collection(nameof(CallTraceTests))]
public class CallTraceTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Attempt_NobodyListens_CostsNothing()
    {
        var item = Item(Parent);
        Assert.Null(CallTrace.Attempt(item));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            using var span = CallTrace.Attempt(item);
            CallTrace.Forget(span);
            if (CallTrace.Current is not null) Assert.Fail("It is traced.");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Attempt_OfATracedRequest_IsItsChild()
    {
        using var listener = Listen();
        using var span = CallTrace.Attempt(Item(Parent));
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (span?.TraceId.ToHexString(), span?.ParentSpanId.ToHexString()));
        Assert.True(span?.HasRemoteParent);
        Assert.Equal(span?.Id, CallTrace.Current);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not a trace")]
    public void Attempt_OfNone_BeginsOne(string? parent)
    {
        using var listener = Listen();
        using var span = CallTrace.Attempt(Item(parent));
        Assert.NotNull(span);
        Assert.Null(span.ParentId);
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CallTrace.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static WorkItem Item(string? parent) => new(new Execution
    {
        Id = Guid.CreateVersion7(), IntegrationType = "webhook", Action = "push_data", State = ExecutionState.Queued, Caller = "test",
        CreatedAt = DateTimeOffset.UnixEpoch, TraceParent = parent,
    });
}
