using Vaka.Plugins.Host.Actions.Approvals;

namespace Vaka.Plugins.Host.Tests.Actions.Approvals;

public class ApprovalHashTests
{
    private static readonly Guid Id = Guid.Parse("019a0000-0000-7000-8000-000000000001");

    // Made with: printf '["webhook","push_data","019a0000-0000-7000-8000-000000000001","4","%s"]' $(printf '{"data":1}' | sha256sum | cut -c1-64) | sha256sum
    [Fact]
    public void Of_ACall_IsTheDocumentedForm() => Assert.Equal("0ddfc7248924ddff05664c995dd2144f4292cd52a738628f4aae0da197fb0362", ApprovalHash.Of("webhook", "push_data", Id, 4, """{"data":1}"""));

    [Fact]
    public void Of_AnythingElse_IsAnother()
    {
        string[] all =
        [
            ApprovalHash.Of("webhook", "push_data", Id, 4, """{"data":1}"""), ApprovalHash.Of("webhook", "push_data", Id, 4, """{"data":2}"""),
            ApprovalHash.Of("webhook", "push_data", Id, 4, """{"data": 1}"""), ApprovalHash.Of("webhook", "push_data", Id, 5, """{"data":1}"""),
            ApprovalHash.Of("webhook", "push_data", Guid.Empty, 4, """{"data":1}"""), ApprovalHash.Of("webhook", "push", Id, 4, """{"data":1}"""),
            ApprovalHash.Of("smtp", "push_data", Id, 4, """{"data":1}"""),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void FindEarlierRevision_OfTheSameCall_IsFound()
    {
        var hash = ApprovalHash.Of("webhook", "push_data", Id, 2, "{}");
        Assert.Equal(2, ApprovalHash.FindEarlierRevision(hash, "webhook", "push_data", Id, 7, "{}"));
        Assert.Null(ApprovalHash.FindEarlierRevision(hash, "webhook", "push_data", Id, 7, """{"a":1}"""));
        Assert.Null(ApprovalHash.FindEarlierRevision(hash, "webhook", "push_data", Id, 2, "{}"));
    }
}
