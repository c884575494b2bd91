using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Tests.Actions;

public class ExecutionIdTests
{
    [Fact]
    public void New_IsOfVersion7AndOfNow()
    {
        var before = Guid.CreateVersion7().ToString("N")[..12];
        var id = ExecutionId.New();
        var after = Guid.CreateVersion7().ToString("N")[..12];

        Assert.Equal((7, 8), (id.Version, id.Variant & 0xC));
        Assert.InRange(id.ToString("N")[..12], before, after, StringComparer.Ordinal);
    }

    [Fact]
    public void New_ManyAtOnce_AllDiffer()
    {
        var ids = new Guid[100_000];
        Parallel.For(0, ids.Length, i => ids[i] = ExecutionId.New());

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }
}
