using System.Text.RegularExpressions;

namespace Vaka.Plugins.Jira;

/// <summary>What names in paths may look like. Nothing else gets into one.</summary>
internal static partial class JiraNames
{
    /// <summary>The key or id of a project.</summary>
    public const string Project = "[A-Za-z0-9][A-Za-z0-9_]{0,254}";

    /// <summary>The key or id of an issue.</summary>
    public const string Issue = "([A-Za-z][A-Za-z0-9_]{0,254}-)?[0-9]{1,18}";

    public const string ProjectAdvice = "This is no project key. Give the key, such as OPS, or the numeric id; list_projects has them.";

    public const string IssueAdvice = "This is no issue key. Give the key, such as OPS-42, or the numeric id.";

    public const string LabelAdvice = "A label has no spaces and at most 255 characters.";

    public static bool IsLabel(string text) => text.Length is > 0 and <= 255 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    public static bool IsNumber(string text) => text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit);

    /// <summary>Cloud's account ids: 24 hexadecimal digits, or a number and a UUID.</summary>
    [GeneratedRegex(@"\A([0-9a-fA-F]{24}|[0-9]{1,10}:[0-9A-Za-z-]{1,100}|qm:[0-9A-Za-z:-]{1,120})\z")]
    public static partial Regex AccountId { get; }
}
