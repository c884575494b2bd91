using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

public class LendingTests
{
    private static readonly TestAction Safe = new("create", isTenantSafe: true);
    private static readonly TestAction Unsafe = new("list", isTenantSafe: false);
    private static readonly TestAction Depends = new("push", isTenantSafe: true, input => input.Path is null);
    private static readonly TestInput Plain = new();
    private static readonly TestInput WithPath = new() { Path = "/elsewhere" };

    private readonly Guid tenant = Guid.NewGuid();

    [Fact]
    public void Check_TenantSafeAction_IsLent() => Lending.Check(Platform(), tenant, Safe, Plain);

    [Fact]
    public void Check_OtherAction_IsNotShared()
    {
        var problem = Assert.Throws<ProblemException>(() => Lending.Check(Platform(), tenant, Unsafe, Plain));

        Assert.Equal(ProblemCode.ActionNotShared, problem.Code);
        Assert.Equal(
            "list is not shared by the platform-wide integration. Configure your own SMTP integration in /integrations page, or ask the "
            + "administrators of the platform to share the action.",
            problem.Message);
    }

    [Fact]
    public void Check_SafeWithSomeInputsOnly_IsLentWithThose()
    {
        Lending.Check(Platform(), tenant, Depends, Plain);
        Assert.Throws<ProblemException>(() => Lending.Check(Platform(), tenant, Depends, WithPath));
    }

    [Fact]
    public void Check_ListedAction_IsLentWithAnyInput()
    {
        Lending.Check(Platform("push", "list"), tenant, Depends, WithPath);
        Lending.Check(Platform("push", "list"), tenant, Unsafe, Plain);
    }

    [Fact]
    public void Check_ListWithoutASafeAction_DoesNotLendIt()
    {
        Assert.Throws<ProblemException>(() => Lending.Check(Platform("list"), tenant, Safe, Plain));
        Assert.Throws<ProblemException>(() => Lending.Check(Platform([]), tenant, Safe, Plain));
    }

    [Fact]
    public void Check_PlatformItself_MayDoEverything() => Lending.Check(Platform(), null, Unsafe, Plain);

    [Fact]
    public void Check_OwnRow_MayDoEverything() => Lending.Check(Integration(tenant, null), tenant, Unsafe, Plain);

    private static BoundIntegration Platform() => Integration(null, null);

    private static BoundIntegration Platform(params string[] shared) => Integration(null, shared);

    private static BoundIntegration Integration(Guid? tenantId, string[]? shared) => new()
    {
        Id = Guid.NewGuid(),
        TenantId = tenantId,
        Name = "Mail",
        Revision = 1,
        Plugin = new TestCatalog().Load("smtp", "SMTP"),
        Config = new TestConfig { Address = "here" },
        ConfigHash = "hash",
        SharedActions = shared,
    };
}
