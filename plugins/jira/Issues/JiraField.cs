namespace Vaka.Plugins.Jira.Issues;

/// <summary>A field of this Jira.</summary>
/// <param name="Id">Such as <c>summary</c> or <c>customfield_10010</c>.</param>
/// <param name="Name">What people see.</param>
/// <param name="Type">Of its value: <c>string</c>, <c>option</c>, <c>array</c>, <c>user</c>, …</param>
/// <param name="Items">Of an array's items.</param>
/// <param name="Custom">The kind of custom field, such as <c>com.atlassian.jira.plugin.system.customfieldtypes:textarea</c>.</param>
internal sealed record JiraField(string Id, string Name, string? Type, string? Items, string? Custom)
{
    /// <summary>Text of several lines: a document tree on Cloud.</summary>
    public bool IsLongText => Id is "description" or "environment" || Custom?.EndsWith(":textarea", StringComparison.Ordinal) is true;
}
