using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

public sealed class HostileInputTests
{
    public static TheoryData<string> NotKeys() =>
    [
        "", "..", ".", "OPS-1/../../myself", "OPS-1?expand=x", "OPS-1#x", "OPS 1", "OPS-1\n", "OPS-1%2F..", "ОРS-1", "OPS-", "-1", "OPS-1/comment", "OPS\\-1", new string('9', 40),
    ];

    [Theory]
    [MemberData(nameof(NotKeys))]
    public void Issue_NoKey_IsRefusedByTheSchema(string issue)
    {
        foreach (var type in JiraTest.Actions.Select(action => action.InputType).Where(type => type.GetProperty("Issue") is not null))
        {
            var rule = type.GetProperty("Issue")!.GetCustomAttributes(true).OfType<RegularExpressionAttribute>().Single();

            // The attribute itself lets the empty text pass; the host's binder does not.
            Assert.False(issue.Length > 0 && rule.IsValid(issue), $"{type.Name} takes '{issue}'.");
        }
    }

    [Theory]
    [InlineData("../../myself")]
    [InlineData("OPS&x=1#y")]
    [InlineData("a/b?c=d")]
    public async Task Values_InPathsAndQueries_StayInTheirPlace(string text)
    {
        await using var test = new JiraTest();
        test.Wire.Next(HttpAnswers.Json("""{"values":[]}"""), HttpAnswers.Json("[]"));

        await test.RunAsync("list_projects", JsonSerializer.Serialize(new { query = text }));
        await test.FailAsync("assign_issue", JsonSerializer.Serialize(new { issue = "OPS-1", assignee = text }));

        Assert.Equal("/rest/api/3/project/search", test.Wire.Requests[0].Uri.AbsolutePath);
        Assert.EndsWith($"&query={Uri.EscapeDataString(text)}", test.Wire.Requests[0].Uri.Query);
        Assert.Equal($"?query={Uri.EscapeDataString(text)}&issueKey=OPS-1&maxResults=1000", test.Wire.Requests[1].Uri.Query);
    }

    [Fact]
    public async Task VendorsWords_AreCutAndCleaned()
    {
        await using var test = new JiraTest();
        var words = JsonSerializer.Serialize(new { errorMessages = new[] { "first\r\nline\u0000\u001b[31m " + new string('x', 5_000), "2", "3", "4" } });
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Forbidden, words));

        var failure = await test.FailAsync("get_issue", """{"issue":"OPS-1"}""");

        Assert.InRange(failure.Message.Length, 100, 500);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.DoesNotContain("4", failure.Message.Replace("403", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"errorMessages":"text","errors":[]}""")]
    [InlineData("""{"errorMessages":[1,null,{}],"errors":{"summary":{"x":1}}}""")]
    [InlineData("""["a"]""")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public async Task ErrorsOfAnotherShape_AreStillFailures(string body)
    {
        foreach (var sample in Sample.All)
        {
            await using var test = new JiraTest();
            test.Wire.Next(sample.Answers.Take(sample.Leading)).Otherwise(HttpAnswers.Json(HttpStatusCode.BadRequest, body));

            Assert.Equal(FailureKind.InvalidInput, (await test.FailAsync(sample.Action, sample.Input)).Kind);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""[1,"x",null,[],{}]""")]
    [InlineData("""{"issues":{},"values":5,"transitions":"x","comments":null,"fields":[],"id":{},"key":[]}""")]
    [InlineData("""{"issues":[1,null],"values":[null],"transitions":[3],"fields":{"status":1,"assignee":"x","labels":[1,{}]},"key":"A-1","id":1}""")]
    public async Task AnswersOfAnotherShape_AreNeverUnexpected(string body)
    {
        foreach (var sample in Sample.All)
        {
            await using var test = new JiraTest();
            test.Wire.Next(sample.Answers.Take(sample.Leading)).Otherwise(HttpAnswers.Json(body));
            try
            {
                await test.RunAsync(sample.Action, sample.Input);
            }
            catch (IntegrationException failure)
            {
                Assert.NotEqual(FailureKind.Unexpected, failure.Kind);
            }
        }
    }

    [Fact]
    public async Task Unicode_Travels_Unharmed()
    {
        await using var test = new JiraTest();
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Created, """{"key":"OPS-1"}"""));

        await test.RunAsync("create_issue", """{"summary":"Größe 😀 \u202e\"}],","project":"OPS","issue_type":"Task"}""");

        Assert.Equal("Größe 😀 \u202e\"}],", (string)test.Wire.Requests[0].BodyJson!["fields"]!["summary"]!);
    }

    [Fact]
    public async Task Failures_LogNoSecret()
    {
        await using var test = new JiraTest();
        test.Wire.Otherwise(HttpAnswers.Status(HttpStatusCode.InternalServerError));
        foreach (var sample in Sample.All) await test.FailAsync(sample.Action, sample.Input);

        test.Host.Log.AssertNever(JiraTest.Token);
    }
}
