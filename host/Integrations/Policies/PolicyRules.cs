using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Policies;

/// <summary>The rules of one integration, as they are read together with its row: one without rules costs nothing.</summary>
internal sealed class PolicyRules
{
    private readonly PolicyRule[] rules;

    private PolicyRules(PolicyRule[] rules) => this.rules = rules;

    public static PolicyRules None { get; } = new([]);

    /// <summary>SQL of both databases: the rules of a row of <c>integrations</c> as one text, a line each, its parts between tabs. No part can
    /// hold either. The row of nobody's rules has <c>NULL</c>.</summary>
    public const string Sql =
        "(SELECT string_agg(p.effect || '\t' || coalesce(p.channel, '') || '\t' || coalesce(p.action, '') || '\t' || coalesce(p.caller, ''), '\n' "
        + "ORDER BY p.number) FROM action_policies AS p WHERE p.integration_id = integrations.id)";

    /// <param name="text">What <see cref="Sql"/> reads.</param>
    public static PolicyRules Parse(string? text) => string.IsNullOrEmpty(text) ? None : new PolicyRules([.. text.Split('\n').Select(ParseLine)]);

    public static PolicyRules Of(params IEnumerable<PolicyRule> rules) => new([.. rules]);

    /// <summary>The rule that decides: the one that says most closely which calls it is about, of several such the strictest. <c>null</c>:
    /// none is about this call, which is allowed.</summary>
    public PolicyRule? Find(string caller, CallChannel channel, string action)
    {
        PolicyRule? found = null;
        foreach (var rule in rules)
        {
            if (!rule.IsAbout(caller, channel, action)) continue;
            if (found is null || (rule.Closeness, rule.Effect).CompareTo((found.Closeness, found.Effect)) > 0) found = rule;
        }

        return found;
    }

    private static PolicyRule ParseLine(string line)
    {
        var parts = line.Split('\t');
        return new PolicyRule(
            Part(3), Part(1) is { } channel ? SnakeCaseEnum.Parse<CallChannel>(channel) : null, Part(2), SnakeCaseEnum.Parse<PolicyEffect>(parts[0]));

        string? Part(int index) => parts[index].Length == 0 ? null : parts[index];
    }
}
