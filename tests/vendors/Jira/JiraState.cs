using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Vaka.Plugins.Vendors.Jira;

/// <summary>What a Jira remembers: two projects (REQ wants a severity), three people, issues with comments.</summary>
internal sealed class JiraState
{
    private static readonly (string Key, string Name)[] KnownProjects = [("OPS", "Operations"), ("REQ", "Requests")];
    private static readonly (string Id, string Name, string Display)[] KnownPeople =
    [
        ("5b10a2844c20165700ede21g", "ada", "Ada Lovelace"), ("5b10ac8d82e05b22cc7d4ef5", "grace", "Grace Hopper"),
        ("5b10ac8d82e05b22cc7d4ef6", "grace2", "Grace Hopper"),
    ];

    private readonly Lock gate = new();
    private readonly List<JsonObject> issues = [];
    private readonly Dictionary<string, JsonArray> comments = [];
    private readonly Dictionary<string, int> writes = [];
    private readonly Dictionary<string, int> hiddenFor = [];
    private int next;

    public int SearchLag { get; set; }

    public IReadOnlyList<JsonObject> Issues
    {
        get { lock (gate) return [.. issues]; }
    }

    public static JsonObject Ada(bool isCloud) => Person(KnownPeople[0], isCloud);

    public static JsonArray Fields() => JsonNode.Parse(
        """
        [{"id":"summary","name":"Summary","custom":false,"schema":{"type":"string"}},
         {"id":"description","name":"Description","custom":false,"schema":{"type":"string"}},
         {"id":"labels","name":"Labels","custom":false,"schema":{"type":"array","items":"string"}},
         {"id":"fixVersions","name":"Fix versions","custom":false,"schema":{"type":"array","items":"version"}},
         {"id":"customfield_10010","name":"Severity","custom":true,"schema":{"type":"option","custom":"com.atlassian.jira.plugin.system.customfieldtypes:select"}},
         {"id":"customfield_10011","name":"Root cause","custom":true,"schema":{"type":"string","custom":"com.atlassian.jira.plugin.system.customfieldtypes:textarea"}},
         {"id":"customfield_10012","name":"Story Points","custom":true,"schema":{"type":"number"}},
         {"id":"customfield_10013","name":"Team","custom":true,"schema":{"type":"string"}},
         {"id":"customfield_10014","name":"Team","custom":true,"schema":{"type":"string"}}]
        """)!.AsArray();

    public static JsonArray IssueTypes() => new(
        new JsonObject { ["id"] = "10001", ["name"] = "Task", ["subtask"] = false }, new JsonObject { ["id"] = "10002", ["name"] = "Bug", ["subtask"] = false });

    public static JsonArray CreateFields() => JsonNode.Parse(
        """
        [{"fieldId":"summary","name":"Summary","required":true,"hasDefaultValue":false},
         {"fieldId":"reporter","name":"Reporter","required":true,"hasDefaultValue":true},
         {"fieldId":"customfield_10010","name":"Severity","required":true,"hasDefaultValue":false,"allowedValues":[{"value":"Low"},{"value":"High"}]}]
        """)!.AsArray();

    public static JsonObject OldCreateMeta() => new()
    {
        ["projects"] = new JsonArray(new JsonObject
        {
            ["key"] = "REQ",
            ["issuetypes"] = new JsonArray(new JsonObject
            {
                ["name"] = "Task",
                ["fields"] = new JsonObject(CreateFields().Select(field => KeyValuePair.Create<string, JsonNode?>((string)field!["fieldId"]!, Without(field, "fieldId")))),
            }),
        }),
    };

    public static JsonArray People(IQueryCollection query, bool isCloud)
    {
        var asked = query[isCloud ? (query.ContainsKey("accountId") ? "accountId" : "query") : "username"].ToString();
        return new JsonArray([.. KnownPeople.Where(person => asked is "." || $"{person.Id} {person.Name} {person.Display} {person.Name}@example.com"
            .Contains(asked, StringComparison.OrdinalIgnoreCase)).Select(person => Person(person, isCloud))]);
    }

    public static JsonArray Transitions(JsonObject issue) => new(
        [.. new[] { ("11", "Start", "In Progress"), ("21", "Stop", "To Do"), ("31", "Finish", "Done") }
            .Where(move => move.Item3 != (string?)issue["fields"]!["status"]!["name"])
            .Select(move => new JsonObject { ["id"] = move.Item1, ["name"] = move.Item2, ["to"] = Status(move.Item3), ["fields"] = new JsonObject() })]);

    public static IResult Move(JsonObject issue, JsonObject body)
    {
        var move = Transitions(issue).FirstOrDefault(item => (string?)item!["id"] == (string?)body["transition"]?["id"]);
        if (move is null) return JiraServer.Error(400, "It seems that you have tried to perform a workflow operation that is not valid.");
        issue["fields"]!["status"] = move["to"]!.DeepClone();
        return Results.NoContent();
    }

    public static IResult Assign(JsonObject issue, JsonObject body, bool isCloud)
    {
        var id = (string?)body[isCloud ? "accountId" : "name"];
        var person = KnownPeople.FirstOrDefault(person => id == (isCloud ? person.Id : person.Name));
        if (id is not null && person == default) return JiraServer.Error(400, "", new JsonObject { ["assignee"] = "User cannot be assigned issues." });
        issue["fields"]!["assignee"] = id is null ? null : Person(person, isCloud);
        return Results.NoContent();
    }

    public JsonObject? Project(string key) => KnownProjects.Where(project => project.Key == key).Select(project => Project(project)).FirstOrDefault();

    public JsonArray Projects(string? query) => new([.. KnownProjects.Where(project => query is null
        || project.Name.Contains(query, StringComparison.OrdinalIgnoreCase) || project.Key.Contains(query, StringComparison.OrdinalIgnoreCase)).Select(Project)]);

    public JsonObject ProjectPage(IQueryCollection query)
    {
        var all = Projects(query.ContainsKey("query") ? query["query"].ToString() : null);
        var start = int.Parse(query["startAt"].ToString(), CultureInfo.InvariantCulture);
        var size = int.Parse(query["maxResults"].ToString(), CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["values"] = new JsonArray([.. all.Skip(start).Take(size).Select(project => project!.DeepClone())]),
            ["total"] = all.Count,
            ["isLast"] = start + size >= all.Count,
        };
    }

    public JsonObject? Find(string keyOrId)
    {
        lock (gate) return issues.FirstOrDefault(issue => (string?)issue["key"] == keyOrId || (string?)issue["id"] == keyOrId);
    }

    /// <summary>What the index shows: a new issue only after some searches.</summary>
    public IReadOnlyList<JsonObject> Searchable()
    {
        lock (gate)
        {
            var shown = issues.Where(issue => hiddenFor.GetValueOrDefault((string)issue["key"]!) <= 0).ToList();
            foreach (var key in hiddenFor.Keys.ToList()) hiddenFor[key]--;
            return shown;
        }
    }

    public IResult Create(JsonObject body, bool isCloud, Uri site)
    {
        if (body["fields"] is not JsonObject fields) return JiraServer.Error(400, "Missing 'fields' attribute.");
        var errors = Problems(fields, isCloud);
        var project = (string?)fields["project"]?["key"] ?? "";
        if (Project(project) is null) errors["project"] = "valid project is required";
        if ((string?)fields["issuetype"]?["name"] is not ("Task" or "Bug")) errors["issuetype"] = "Specify a valid issue type";
        if (string.IsNullOrEmpty((string?)fields["summary"])) errors["summary"] = "You must specify a summary of the issue.";
        if (project is "REQ" && fields["customfield_10010"] is null) errors["customfield_10010"] = "Severity is required.";
        if (errors.Count > 0) return JiraServer.Error(400, "", errors);
        lock (gate)
        {
            var kept = fields.DeepClone().AsObject();
            kept["status"] = Status("To Do");
            kept["assignee"] = fields["assignee"] is { } assignee ? assignee.DeepClone() : null;
            var (id, key) = ((10_000 + ++next).ToString(CultureInfo.InvariantCulture), $"{project}-{next}");
            issues.Add(new JsonObject { ["id"] = id, ["key"] = key, ["fields"] = kept });
            hiddenFor[key] = SearchLag;
            var answer = new JsonObject { ["id"] = id, ["key"] = key, ["self"] = $"{site}rest/api/{(isCloud ? 3 : 2)}/issue/{id}" };
            return Results.Text(answer.ToJsonString(), "application/json", statusCode: 201);
        }
    }

    public IResult Update(JsonObject issue, JsonObject body, bool isCloud)
    {
        var fields = body["fields"]?.AsObject() ?? [];
        var errors = Problems(fields, isCloud);
        if (errors.Count > 0) return JiraServer.Error(400, "", errors);
        lock (gate)
        {
            var kept = issue["fields"]!.AsObject();
            foreach (var (name, value) in fields) kept[name] = value?.DeepClone();
            var labels = kept["labels"]?.AsArray().Select(label => (string)label!).ToList() ?? [];
            foreach (var change in body["update"]?["labels"]?.AsArray() ?? [])
            {
                if ((string?)change!["add"] is { } added && !labels.Contains(added)) labels.Add(added);
                if ((string?)change["remove"] is { } removed) labels.Remove(removed);
            }

            kept["labels"] = new JsonArray([.. labels.Select(label => JsonValue.Create(label))]);
        }

        return Results.NoContent();
    }

    public IResult Delete(JsonObject issue, bool withSubtasks)
    {
        lock (gate)
        {
            var key = (string?)issue["key"];
            var children = issues.Where(child => (string?)child["fields"]!["parent"]?["key"] == key).ToList();
            if (children.Count > 0 && !withSubtasks) return JiraServer.Error(400, "The issue has subtasks. You must specify 'deleteSubtasks'.");
            issues.RemoveAll(candidate => candidate == issue || children.Contains(candidate));
        }

        return Results.NoContent();
    }

    public JsonArray Comments(JsonObject issue)
    {
        lock (gate)
        {
            return comments.TryGetValue((string)issue["key"]!, out var known)
                ? new JsonArray([.. known.Reverse().Select(comment => comment!.DeepClone())])
                : [];
        }
    }

    public IResult Comment(JsonObject issue, JsonObject body, bool isCloud)
    {
        if (!IsText(body["body"], isCloud)) return JiraServer.Error(400, "", new JsonObject { ["comment"] = "Comment body is not valid!" });
        lock (gate)
        {
            var key = (string)issue["key"]!;
            if (!comments.TryGetValue(key, out var known)) comments[key] = known = [];
            var comment = new JsonObject
            {
                ["id"] = (20_000 + known.Count).ToString(CultureInfo.InvariantCulture),
                ["author"] = Ada(isCloud),
                ["body"] = body["body"]!.DeepClone(),
                ["created"] = "2026-01-01T12:00:00.000+0000",
            };
            known.Add((JsonNode)comment.DeepClone());
            return Results.Text(comment.ToJsonString(), "application/json", statusCode: 201);
        }
    }

    public int CountWrite(JsonObject issue)
    {
        lock (gate)
        {
            var key = (string)issue["key"]!;
            return writes[key] = writes.GetValueOrDefault(key) + 1;
        }
    }

    // Cloud takes trees, Data Center takes text; custom fields are checked by their type.
    private static JsonObject Problems(JsonObject fields, bool isCloud)
    {
        var errors = new JsonObject();
        foreach (var name in new[] { "description", "customfield_10011" })
        {
            if (fields[name] is { } text && !IsText(text, isCloud)) errors[name] = "Operation value must be an Atlassian Document";
        }

        if (fields["customfield_10012"] is { } points && points.GetValueKind() is not JsonValueKind.Number)
        {
            errors["customfield_10012"] = "Operation value must be a number";
        }

        if (fields["customfield_10010"] is { } severity && (string?)severity["value"] is not ("Low" or "High"))
        {
            errors["customfield_10010"] = "Option is not valid";
        }

        if (fields["labels"] is JsonArray labels && labels.Any(label => ((string?)label)?.Contains(' ', StringComparison.Ordinal) is not false))
        {
            errors["labels"] = "The label contains spaces which is invalid.";
        }

        return errors;
    }

    private static bool IsText(JsonNode? value, bool isCloud) => isCloud
        ? value is JsonObject tree && (string?)tree["type"] is "doc" && (int?)tree["version"] is 1 && tree["content"] is JsonArray
        : value?.GetValueKind() is JsonValueKind.String;

    private static JsonObject Status(string name) => new()
    {
        ["name"] = name, ["statusCategory"] = new JsonObject { ["key"] = name switch { "Done" => "done", "To Do" => "new", _ => "indeterminate" } },
    };

    private static JsonObject Project((string Key, string Name) project) => new()
    {
        ["id"] = project.Key is "OPS" ? "1" : "2",
        ["key"] = project.Key,
        ["name"] = project.Name,
        ["projectTypeKey"] = "software",
        ["issueTypes"] = IssueTypes(),
    };

    private static JsonObject Person((string Id, string Name, string Display) person, bool isCloud) => new()
    {
        [isCloud ? "accountId" : "name"] = isCloud ? person.Id : person.Name,
        [isCloud ? "accountType" : "key"] = isCloud ? "atlassian" : person.Name,
        ["displayName"] = person.Display,
        ["emailAddress"] = $"{person.Name}@example.com",
    };

    private static JsonObject Without(JsonNode node, string member)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(member);
        return copy;
    }
}
