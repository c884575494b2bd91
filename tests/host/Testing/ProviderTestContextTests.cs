using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Testing;
using Xunit.Sdk;

namespace Vaka.Plugins.Host.Tests.Testing;

public class ProviderTestContextTests
{
    [Fact]
    public async Task Services_OfThePlugin_LogToTheTestAndTellItsTime()
    {
        await using var test = new ProviderTestContext();
        var services = test.Create().Services;
        services.GetRequiredService<ILogger<ProviderTestContextTests>>().LogInformation("seen");
        Assert.Contains(test.Log.Lines, line => line.Contains("seen", StringComparison.Ordinal));
        Assert.Same(test.Clock, services.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public async Task Create_Resources_AreSharedByKeyAndDisposedAtTheEnd()
    {
        var made = 0;
        var test = new ProviderTestContext();
        ValueTask<MemoryStream> MakeAsync(ResourceScope scope, CancellationToken cancellationToken)
        {
            made++;
            return ValueTask.FromResult(new MemoryStream());
        }

        var first = await test.Create().GetOrCreateResourceAsync("pool", MakeAsync, default);
        var second = await test.Create().GetOrCreateResourceAsync("pool", MakeAsync, default);
        test.IntegrationId = Guid.CreateVersion7();
        var other = await test.Create().GetOrCreateResourceAsync("pool", MakeAsync, default);

        Assert.Same(first, second);
        Assert.NotSame(first, other);
        Assert.Equal(2, made);
        await test.DisposeAsync();
        Assert.False(first.CanRead);
        Assert.False(other.CanRead);
    }

    [Fact]
    public async Task Create_ResourceThatFailed_IsTriedAgain()
    {
        await using var test = new ProviderTestContext();
        await Assert.ThrowsAsync<IOException>(async () => await test.Create().GetOrCreateResourceAsync<MemoryStream>(
            "pool", (_, _) => throw new IOException(), default));
        Assert.NotNull(await test.Create().GetOrCreateResourceAsync("pool", (_, _) => ValueTask.FromResult(new MemoryStream()), default));
    }

    [Fact]
    public async Task State_FromAnotherSecret_IsForgotten()
    {
        await using var test = new ProviderTestContext();
        await test.State.UpdateAsync("token", new SecretString("a"), (_, _) => Task.FromResult<string?>("rotated"), default);
        Assert.Equal("rotated", await test.State.GetAsync("token", new SecretString("a"), default));
        Assert.Null(await test.State.GetAsync("token", new SecretString("b"), default));
    }

    [Fact]
    public async Task OneTime_Expired_CanBeAddedAgain()
    {
        await using var test = new ProviderTestContext();
        Assert.True(await test.OneTime.TryAddAsync("nonce", "", TimeSpan.FromMinutes(5), default));
        Assert.False(await test.OneTime.TryAddAsync("nonce", "", TimeSpan.FromMinutes(5), default));
        test.FakeClock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await test.OneTime.TakeAsync("nonce", default));
        Assert.True(await test.OneTime.TryAddAsync("nonce", "", TimeSpan.FromMinutes(5), default));
    }

    [Fact]
    public async Task Log_SecretInAnException_IsFound()
    {
        await using var test = new ProviderTestContext();
        test.Log.AssertNever("hunter2");
        test.Create().Logger.Log(LogLevel.Error, 0, "state", new InvalidOperationException("hunter2"), (_, _) => "failed");
        Assert.Throws<DoesNotContainException>(() => test.Log.AssertNever("hunter2"));
    }

    [Fact]
    public async Task Steps_Reported_AreKept()
    {
        await using var test = new ProviderTestContext();
        await test.Create().StepAsync("dns", _ => Task.FromResult("One address."), default);
        Assert.Equal(("dns", true), (test.Steps[0].Name, test.Steps[0].Ok));
    }
}
