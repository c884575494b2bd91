using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class RuleTests
{
    private static readonly JsonContract Contract = Contracts.Of<Ruled>();

    [Theory]
    [InlineData("""{"even":3}""", "even", "Even numbers only: Even number.")]
    [InlineData("""{"inner":{"even":3}}""", "inner.even", "Even numbers only: even.")]
    [InlineData("""{"list":[{"even":2},{"even":5}]}""", "list[1].even", "Even numbers only: even.")]
    [InlineData("""{"map":{"a.b":{"even":5}}}""", "map.a.b.even", "Even numbers only: even.")]
    [InlineData("""{"union":{"even":5,"type":"one"}}""", "union.even", "Even numbers only: even.")]
    [InlineData("""{"password":"a","again":"b"}""", "again", "'again' and 'Password' do not match.")]
    [InlineData("""{"not":"root"}""", "not", "The not field equals one of the values specified in DeniedValuesAttribute.")]
    [InlineData("""{"phone":"x"}""", "phone", "The phone field is not a valid phone number.")]
    [InlineData("""{"from":5,"to":4}""", "to", "ends before it begins")]
    [InlineData("""{"inner":{"from":5,"to":4}}""", "inner.to", "ends before it begins")]
    [InlineData("""{"guarded":"boom"}""", "", "Not accepted by the provider. Check the value.")]
    [InlineData("""{"worded":"toolong"}""", "worded", "Keep Worded short.")]
    [InlineData("""{"span":99}""", "span", "1 to 2, please.")]
    [InlineData("""{"link":"x"}""", "link", "A link, please.")]
    public void Bind_RuleBroken_SaysWhere(string json, string path, string message) =>
        Assert.Equal(new FieldError(path, message), Contract.Refused(json));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"even":2,"inner":{"even":4},"list":[{"even":0}],"map":{"a":{}},"union":{"type":"one"},"from":1,"to":2}""")]
    public void Bind_RulesHeld_IsBound(string json) => Contract.Bound<Ruled>(json);

    [Fact]
    public void Bind_SeveralRulesBroken_ListsThemAll() =>
        Assert.Equal(
            ["even", "inner.even", "phone"],
            Contract.BindText("""{"even":1,"inner":{"even":1},"phone":"x"}""").Errors.Select(error => error.Path));

    [Fact]
    public void Bind_ConstructorParameters_CarryDefaultsAndRules()
    {
        var contract = Contracts.Of<Positional>();

        Assert.Equal(new Positional("n", 3, null), contract.Bound<Positional>("""{"name":"n"}"""));
        Assert.Equal(new FieldError("name", "Missing. Give a string."), contract.Refused("""{}"""));
        Assert.Equal("count", contract.Refused("""{"name":"n","count":11}""").Path);
        Assert.Equal("""{"type":"integer","format":"int32","minimum":1,"maximum":10,"default":3}""",
            contract.Schema["properties"]?["count"]?.ToJsonString());
    }

    [Fact]
    public void Bind_SourceGeneratedMetadata_KeepsDefaultsAndStrictness()
    {
        var contract = JsonContract.Create(typeof(MailConfig), RuleTestsContext.Default);

        Assert.Equal(587, contract.Bound<MailConfig>("""{"smtp_host":"m","from_email":"a@b"}""").SmtpPort);
        Assert.Equal(Contracts.Of<MailConfig>().Schema.ToJsonString(), contract.Schema.ToJsonString());
        Assert.Equal("security", contract.Refused("""{"smtp_host":"m","from_email":"a@b","security":"x"}""").Path);
    }

    [Fact]
    public void Bind_UnionAtTheRoot_IsBound()
    {
        var contract = Contracts.Of<Kind>();

        Assert.Equal(2, contract.Bound<KindOne>("""{"even":2,"type":"one"}""").Even);
        Assert.Equal(new FieldError("type", "Missing. Give \"one\"."), contract.Refused("""{"even":2}"""));
        Assert.Equal("object", contract.Schema["type"]?.GetValue<string>());
    }

    [Fact]
    public void Bind_SlowPattern_GivesUp()
    {
        var error = Contracts.Of<SlowPattern>().Refused($$"""{"text":"{{new string('a', 40)}}!"}""");

        Assert.Equal("text", error.Path);
    }

    private sealed record Ruled : IValidatableObject
    {
        [Even]
        [Display(Name = "Even number")]
        public int Even { get; init; }

        public Below? Inner { get; init; }

        public IReadOnlyList<Below>? List { get; init; }

        public IReadOnlyDictionary<string, Below>? Map { get; init; }

        public Kind? Union { get; init; }

        public string? Password { get; init; }

        [Compare(nameof(Password))]
        public string? Again { get; init; }

        [DeniedValues("root")]
        public string? Not { get; init; }

        [Phone]
        public string? Phone { get; init; }

        public int From { get; init; }

        public int To { get; init; } = 10;

        public string? Guarded
        {
            get;
            init => field = value == "boom" ? throw new ArgumentException("boom is a secret word") : value;
        }

        [StringLength(3, ErrorMessage = "Keep {0} short.")]
        [Display(Name = "Worded")]
        public string? Worded { get; init; }

        [Range(1, 2, ErrorMessage = "{1} to {2}, please.")]
        public int Span { get; init; } = 1;

        [Url(ErrorMessage = "A link, please.")]
        public string? Link { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            From > To ? [new ValidationResult("ends before it begins", [nameof(To)])] : [];
    }

    private sealed record Below : IValidatableObject
    {
        [Even]
        public int Even { get; init; }

        public int From { get; init; }

        public int To { get; init; } = 10;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            From > To ? [new ValidationResult("ends before it begins", [nameof(To)])] : [];
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(KindOne), "one")]
    private abstract record Kind;

    private sealed record KindOne : Kind
    {
        [Even]
        public int Even { get; init; }
    }

    private sealed record Positional(string Name, [Range(1, 10)] int Count = 3, string? Note = null);

    private sealed record SlowPattern
    {
        // The look-ahead keeps it from the engine that cannot backtrack.
        [RegularExpression("(?=a)(a+)+")]
        public string? Text { get; init; }
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class EvenAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is int number && number % 2 == 0 ? null : new ValidationResult($"Even numbers only: {validationContext.DisplayName}.");
    }
}

[JsonSerializable(typeof(MailConfig))]
internal sealed partial class RuleTestsContext : JsonSerializerContext;
