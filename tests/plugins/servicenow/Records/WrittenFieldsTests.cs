using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Tests.Records;

public sealed class WrittenFieldsTests
{
    private const string Id = ServiceNowTest.SysId;

    [Theory]
    [InlineData("\"a\"", "a", "a")]
    [InlineData("\"a\\r\\nb \"", "a\nb", "a\nb")]
    [InlineData("true", "true", "true")]
    [InlineData("false", "false", "false")]
    [InlineData("\"1\"", "true", "true")]
    [InlineData("\"0\"", "true", "true", "Another value")]
    [InlineData("3", "3", "3 - Moderate")]
    [InlineData("3.50", "3.5", "$3.50")]
    [InlineData("null", "", "")]
    [InlineData("\"\"", "", "")]
    [InlineData("\"Resolved\"", "6", "Resolved")]
    [InlineData("\"Abel Tuter\"", Id, "Abel Tuter")]
    [InlineData("\"abel.tuter@example.com\"", Id, "Abel Tuter")] // named in another way than it is shown
    [InlineData("\"6816f79cc0a8016401c5a33be04be441\"", Id, "Abel Tuter", "Another value")]
    [InlineData("\"2026-01-31T09:30:00Z\"", "2026-01-31 09:30:00", "31.01.2026 10:30:00")]
    [InlineData("\"2026-01-31T10:30:00+01:00\"", "2026-01-31 09:30:00", "x")]
    [InlineData("\"01:30:00\"", "1970-01-01 01:30:00", "1 Hour 30 Minutes")]
    [InlineData("\"2 01:30:00\"", "1970-01-03 01:30:00", "2 Days 1 Hour 30 Minutes")]
    [InlineData("\"note\"", "", "2026-01-31 - Abel\nnote\n\n")] // a journal
    [InlineData("\"a\"", "", "", "came back empty")]
    [InlineData("\"\"", "a", "a", "not cleared")]
    [InlineData("null", "a", "a", "not cleared")]
    [InlineData("\"abcdef\"", "abc", "abc", "cut to 3 characters")]
    [InlineData("\"2\"", "1", "New", "Another value")]
    public void Compare_Field_WarnsOnlyOfWhatIsDifferent(string sent, string value, string display, string? words = null)
    {
        var warnings = WrittenFields.Compare(
            new JsonObject { ["f"] = JsonNode.Parse(sent) },
            new JsonObject { ["f"] = new JsonObject { ["display_value"] = display, ["value"] = value } });

        if (words is null) Assert.Empty(warnings);
        else Assert.Contains(words, Assert.Single(warnings, warning => warning.Field is "f").Message);
    }

    [Fact]
    public void Compare_FieldNotAnswered_Warns() => Assert.Contains(
        "does not answer this field", Assert.Single(WrittenFields.Compare(new JsonObject { ["work_notes"] = "a" }, [])).Message);

    [Theory]
    [InlineData("work_notes", "")]
    [InlineData("user_password", "****")]
    public void Compare_FieldThatNeverComesBack_SaysNothing(string field, string value) => Assert.Empty(WrittenFields.Compare(
        new JsonObject { [field] = "a" },
        new JsonObject { [field] = new JsonObject { ["display_value"] = value, ["value"] = value } }));
}
