namespace Vaka.Plugins.Jira.Issues;

/// <summary>Fields that have an input of their own.</summary>
internal static class FieldPaths
{
    private static readonly Dictionary<string, string> Paths = new()
    {
        ["project"] = "project",
        ["issuetype"] = "issue_type",
        ["summary"] = "summary",
        ["description"] = "description",
        ["assignee"] = "assignee",
        ["priority"] = "priority",
        ["labels"] = "labels",
        ["components"] = "components",
        ["parent"] = "parent",
        ["duedate"] = "due_date",
        ["comment"] = "comment",
        ["resolution"] = "resolution",
    };

    public static bool IsTyped(string id) => Paths.ContainsKey(id);

    public static string? Of(string id) => Paths.GetValueOrDefault(id);
}
