using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Tests.Integrations.Policies;

/// <summary>Which rule decides. A rule is written as "caller channel action effect", any of the first three "-".</summary>
public class PolicyRulesTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("- - - ask", "ask")]
    [InlineData("- - - ask; - - push allow", "allow")] // an action before none
    [InlineData("- mcp - block; - - push allow", "block")] // a channel before an action
    [InlineData("- mcp push allow; - mcp - block", "allow")]
    [InlineData("key:1 - - allow; - mcp push block", "allow")] // a caller before both
    [InlineData("key:1 - - block; key:1 mcp - ask; key:1 - push allow", "ask")]
    [InlineData("key:1 mcp push allow; key:1 mcp - block; - - - block", "allow")]
    [InlineData("- - push allow; - - push block; - - push ask", "block")] // of equal ones the strictest
    [InlineData("- - push ask; - - push allow", "ask")]
    [InlineData("key:2 - - block; - api - block; - - pull block", null)] // not about this call
    public void Find_TheClosestThenTheStrictest_Decides(string rules, string? expected)
    {
        var list = rules.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Rule).ToList();

        // Their order decides nothing.
        foreach (var order in new[] { list, [.. list.AsEnumerable().Reverse()] })
        {
            var found = PolicyRules.Of(order).Find("key:1", CallChannel.Mcp, "push");
            Assert.Equal(expected, found is null ? null : SnakeCaseEnum.Text(found.Effect));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Parse_Nothing_HasNoRules(string? text) => Assert.Same(PolicyRules.None, PolicyRules.Parse(text));

    [Fact]
    public void Parse_TwoLines_HasBothRules()
    {
        var rules = PolicyRules.Parse("block\t\t\tjwt:an apple\nask\tmcp\tpush\t");
        Assert.Equal(new PolicyRule("jwt:an apple", null, null, PolicyEffect.Block), rules.Find("jwt:an apple", CallChannel.Mcp, "push"));
        Assert.Equal(new PolicyRule(null, CallChannel.Mcp, "push", PolicyEffect.Ask), rules.Find("jwt:a pear", CallChannel.Mcp, "push"));
        Assert.Null(rules.Find("jwt:a pear", CallChannel.Api, "push"));
    }

    private static PolicyRule Rule(string text) => text.Split(' ') is [var caller, var channel, var action, var effect]
        ? new PolicyRule(Or(caller), Or(channel) is { } way ? SnakeCaseEnum.Parse<CallChannel>(way) : null, Or(action), SnakeCaseEnum.Parse<PolicyEffect>(effect))
        : throw new ArgumentException(text, nameof(text));

    private static string? Or(string part) => part == "-" ? null : part;
}
