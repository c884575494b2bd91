using System.Text.Json;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>A person of this Jira, as answered.</summary>
internal sealed record Person
{
    /// <summary>The account id on Cloud, the user name on Data Center.</summary>
    public required string Id { get; init; }

    public required string DisplayName { get; init; }

    public string? Email { get; init; }

    public static Person? Read(JsonElement? user) =>
        user is { ValueKind: JsonValueKind.Object } person && (person.Text("accountId") ?? person.Text("name") ?? person.Text("key")) is { } id
            ? new Person { Id = id, DisplayName = person.Text("displayName") ?? id, Email = person.Text("emailAddress") }
            : null;
}

/// <summary>Finds people by what callers call them.</summary>
internal static class People
{
    // Jira looks at this many people who fit the name, and answers those of them who can be assigned.
    private const int MaxFound = 1000;

    /// <summary>The one person that an issue may be assigned to under this name, mail address or id. Only an exact match counts: the wrong
    /// person is worse than none.</summary>
    /// <param name="where">What they may be assigned to: <c>("issueKey", "OPS-1")</c> or <c>("project", "OPS")</c>.</param>
    public static async Task<Person> FindAssignableAsync(
        string name, (string Parameter, string Value) where, JiraClient client, CancellationToken cancellationToken)
    {
        var by = !client.IsCloud ? "username" : JiraNames.AccountId.IsMatch(name) ? "accountId" : "query";
        var answer = await client.GetAsync(
            $"user/assignable/search?{by}={name}&{where.Parameter}={where.Value}&maxResults={MaxFound}",
            "find the assignee",
            cancellationToken).ConfigureAwait(false);
        var found = answer.Items().Select(user => (Person: Person.Read(user), User: user)).Where(item => item.Person is not null).ToList();
        var exact = found.Where(item => Names(item.User).Contains(name.Trim(), StringComparer.OrdinalIgnoreCase)).ToList();
        return exact switch
        {
            [var one] => one.Person!, // filtered above

            // Cloud hides the address of people who want it so, and still finds them by it.
            [] when client.IsCloud && name.Contains('@', StringComparison.Ordinal) && found is [{ Person: { Email: null } only }] => only,
            [] when found.Count is 0 => throw JiraFailures.InvalidInput(
                "assignee",
                $"Nobody who can be assigned here is called '{JiraWords.Clean(name)}'. Give a full name, mail address or id."),
            [] => throw JiraFailures.InvalidInput(
                "assignee",
                $"Nobody is called exactly '{JiraWords.Clean(name)}'. Near: {Describe(found.Select(item => item.Person!))}"), // filtered above
            _ => throw JiraFailures.InvalidInput(
                "assignee",
                $"{exact.Count} people are called '{JiraWords.Clean(name)}': give one's id: {Describe(exact.Select(item => item.Person!))}"),
        };
    }

    private static string Describe(IEnumerable<Person> people) =>
        string.Join("; ", people.Take(5).Select(person => $"{JiraWords.Clean(person.DisplayName)} ({JiraWords.Clean(person.Id)})")) + ".";

    private static IEnumerable<string?> Names(JsonElement user) =>
        [user.Text("accountId"), user.Text("emailAddress"), user.Text("displayName"), user.Text("name"), user.Text("key")];
}
