using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;
using Xunit.Sdk;

namespace Vaka.Plugins.Host.Tests.Testing;

/// <summary>The suite passes a good provider, and sees each thing that a bad one does.</summary>
public class ProviderConformanceTests
{
    private const string Secret = "correct-horse-battery";

    [Fact]
    public async Task GoodProvider_Passes()
    {
        var suite = new Suite<GoodProvider>();
        suite.Descriptor_IsWhatTheHostLoads();
        suite.Actions_ReadOnly_AreNotDestructive();
        suite.Records_HaveASchema();
        suite.Fields_AreDescribed();
        suite.Secrets_NameTheirDestination();
        suite.Hints_PointAtFieldsThatExist();
        suite.ValidConfig_IsAccepted();
        suite.ValidInputs_AreAccepted();
        suite.Config_UnknownMember_IsRefused();
        suite.Config_ToString_RevealsNoSecret();
        suite.Validate_AskedTwice_AnswersTheSame();
        await suite.Probe_Cancelled_Stops();
        await suite.Probe_CancelledOnTheWay_Stops();
        await suite.Actions_CancelledOnTheWay_Stop();
        foreach (var obstacle in Enum.GetValues<Obstacle>().Where(obstacle => obstacle != Obstacle.Silence))
        {
            await suite.Probe_Obstructed_SaysSo(obstacle);
        }

        await suite.Actions_Obstructed_HaveNoEffect(Obstacle.Refused);
    }

    [Fact]
    public void Descriptor_BadType_IsSeen() =>
        Assert.ThrowsAny<Exception>(new Suite<BadlyDescribed>().Descriptor_IsWhatTheHostLoads);

    [Fact]
    public void Actions_ReadOnlyAndDestructive_AreSeen() => Fails(new Suite<BadlyDescribed>().Actions_ReadOnly_AreNotDestructive);

    [Fact]
    public void Fields_WithoutDescription_AreSeen() => Fails(new Suite<BadlyDescribed>().Fields_AreDescribed);

    [Fact]
    public void Secrets_WithoutDestination_AreSeen() => Fails(new Suite<BadlyDescribed>().Secrets_NameTheirDestination);

    [Fact]
    public void Hints_ToNowhere_AreSeen() => Fails(new Suite<BadlyDescribed>().Hints_PointAtFieldsThatExist);

    [Fact]
    public void Records_WithoutASchema_AreSeen() => Assert.ThrowsAny<Exception>(new Suite<BadlyDescribed>().Records_HaveASchema);

    [Fact]
    public void ValidConfig_ThatIsNone_IsSeen() => Fails(new Suite<GoodProvider>(new JsonObject()).ValidConfig_IsAccepted);

    [Fact]
    public void ValidConfig_WithAWeakSecret_IsSeen() =>
        Fails(new Suite<GoodProvider>(new JsonObject { ["host"] = "a.test", ["token"] = "x" }).ValidConfig_IsAccepted);

    [Fact]
    public void ToString_ThatReveals_IsSeen() => Fails(new Suite<Leaky>().Config_ToString_RevealsNoSecret);

    [Fact]
    public void Validate_ThatChangesItsMind_IsSeen() => Fails(new Suite<Leaky>().Validate_AskedTwice_AnswersTheSame);

    [Fact]
    public Task Probe_ThatIgnoresCancellation_IsSeen() => FailsAsync(new Suite<Leaky>().Probe_Cancelled_Stops);

    [Fact]
    public Task Probe_ThatWrapsCancellation_IsSeen() => FailsAsync(new Suite<Leaky>().Probe_CancelledOnTheWay_Stops);

    [Fact]
    public async Task Probe_ThatThrowsAnything_IsSeen() =>
        await Assert.ThrowsAsync<FormatException>(() => new Suite<Throwing>().Probe_Obstructed_SaysSo(Obstacle.Refused));

    [Fact]
    public Task Probe_ThatLogsASecret_IsSeen() => FailsAsync(() => new Suite<Leaky>().Probe_Obstructed_SaysSo(Obstacle.Refused));

    [Fact]
    public Task Action_ThatClaimsAnEffect_IsSeen() =>
        FailsAsync(() => new Suite<Throwing>().Actions_Obstructed_HaveNoEffect(Obstacle.Refused));

    // These tests themselves use files and clocks.
    [Fact]
    public void Assembly_ThatUsesFiles_IsSeen() => Fails(new Suite<GoodProvider>().Assembly_UsesNothingForbidden);

    private static void Fails(Action check) => Assert.ThrowsAny<XunitException>(check);

    private static Task FailsAsync(Func<Task> check) => Assert.ThrowsAnyAsync<XunitException>(check);

    private sealed class Suite<TProvider>(JsonObject? config = null) : ProviderConformanceTests<TProvider>
        where TProvider : IIntegrationProvider, new()
    {
        protected override JsonObject ValidConfig =>
            (JsonObject)(config ?? new JsonObject { ["host"] = "vendor.test", ["token"] = Secret }).DeepClone();

        protected override IReadOnlyDictionary<string, JsonObject> ValidInputs =>
            new Dictionary<string, JsonObject> { ["ask"] = new() { ["question"] = "Why?" } };
    }
}
