using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class RefusalTests
{
    [Theory]
    [InlineData(typeof(Holder<object>), "Holder<Object>.Value: Object is not supported. Use JsonElement for any JSON, or a record.")]
    [InlineData(typeof(Holder<DateTime>), "Holder<DateTime>.Value: DateTime is not supported. Use DateTimeOffset.")]
    [InlineData(typeof(Holder<TimeSpan?>), "Holder<TimeSpan?>.Value: TimeSpan is not supported. Use a number with [Unit], such as seconds.")]
    [InlineData(typeof(Holder<char>), "Holder<Char>.Value: Char is not supported. Use a string.")]
    [InlineData(typeof(Holder<HashSet<string>>), "Holder<HashSet<String>>.Value: HashSet<String> is not supported. Use a record of your own, a list, a map or a plain value.")]
    [InlineData(typeof(Holder<(int, int)>), "Holder<ValueTuple<Int32, Int32>>.Value: ValueTuple<Int32, Int32> is not supported. Use a record of your own, a list, a map or a plain value.")]
    [InlineData(typeof(Holder<int[,]>), "Holder<Int32[,]>.Value: Int32[,] is not supported. Use a list of lists.")]
    [InlineData(typeof(Holder<IReadOnlyDictionary<int, string>>), "Holder<IReadOnlyDictionary<Int32, String>>.Value: the keys of a map are strings.")]
    [InlineData(typeof(Holder<IReadOnlyList<SecretString>>), "Holder<IReadOnlyList<SecretString>>.Value: a list holds no secrets, since it can be reordered. Use a map from name to secret.")]
    [InlineData(typeof(Holder<IReadOnlyList<Token>>), "Holder<IReadOnlyList<Token>>.Value: a list holds no secrets, since it can be reordered. Use a map from name to secret.")]
    [InlineData(typeof(Holder<FileAccess>), "Holder<FileAccess>.Value: FileAccess is [Flags]. Use a list of an ordinary enum.")]
    [InlineData(typeof(Holder<Recursive>), "Holder<Recursive>.Value.Below[]: Recursive contains itself. Records cannot be recursive; use JsonElement for free nesting.")]
    [InlineData(typeof(Holder<AbstractWithoutKinds>), "Holder<AbstractWithoutKinds>.Value: AbstractWithoutKinds is abstract. Name its kinds with [JsonPolymorphic] and [JsonDerivedType].")]
    [InlineData(typeof(Holder<ConcreteUnion>), "Holder<ConcreteUnion>.Value: ConcreteUnion has derived types, so it must be abstract.")]
    [InlineData(typeof(Holder<UnnamedUnion>), "Holder<UnnamedUnion>.Value: [JsonDerivedType(typeof(UnnamedKind))] needs a string that names it.")]
    [InlineData(typeof(string), "String is not an object in JSON. Make it a record.")]
    [InlineData(typeof(List<string>), "List<String> is not an object in JSON. Make it a record.")]
    [InlineData(typeof(UnknownDestination), "UnknownDestination.Password: [SecretFor] names hots, which the record does not have. Name it from the root, as it stands in JSON.")]
    [InlineData(typeof(SecretDestination), "SecretDestination.Password: [SecretFor] names other, which is a secret itself. Name where and how it is sent.")]
    [InlineData(typeof(OpenSecretFor), "OpenSecretFor.Password: [SecretFor] is for a SecretString or a map of them.")]
    [InlineData(typeof(UnknownDependency), "UnknownDependency.Port: [DependsOn] names protocol, which the record does not have. Name it from the root, as it stands in JSON.")]
    [InlineData(typeof(ImpossibleDependency), "ImpossibleDependency.Port: [DependsOn] waits for security to be tls, which it never is.")]
    [InlineData(typeof(RangeOnText), "RangeOnText.Name: [Range] makes no sense on String. Remove it.")]
    [InlineData(typeof(LengthOnNumber), "LengthOnNumber.Port: [StringLength] makes no sense on Int32. Remove it.")]
    [InlineData(typeof(UrlOnList), "UrlOnList.Links: [Url] makes no sense on IReadOnlyList<String>. Remove it.")]
    [InlineData(typeof(NumbersForText), "NumbersForText.Name: [AllowedValues] of a string must be strings.")]
    [InlineData(typeof(TextForNumbers), "TextForNumbers.Port: [AllowedValues] of a whole number must be whole numbers.")]
    [InlineData(typeof(BackwardRange), "BackwardRange.Port: [Range] ends before it begins.")]
    [InlineData(typeof(MultilineNumber), "MultilineNumber.Port: [Multiline] is for text. Remove it.")]
    [InlineData(typeof(UnitOfText), "UnitOfText.Name: [Unit] is for numbers. Remove it.")]
    [InlineData(typeof(BadDefault), "BadDefault.Port: its default breaks its own rules: 0 is out of range. Give a whole number from 1 to 10.")]
    [InlineData(typeof(BadNestedDefault), "BadNestedDefault.Inner: its default breaks its own rules at port: 0 is out of range. Give a whole number from 1 to 10.")]
    [InlineData(typeof(SecretDefault), "SecretDefault.Password: its default holds a secret, or cannot be written as JSON. Leave it unset.")]
    [InlineData(typeof(NamelessDefault), "NamelessDefault.Kind: its default is not one of its values. Give it one that is.")]
    [InlineData(typeof(OwnConverter), "OwnConverter.Port: a converter of its own hides what it looks like. Remove it.")]
    [InlineData(typeof(LaxNumbers), "LaxNumbers.Port: [JsonNumberHandling] would take strings for numbers. Remove it.")]
    [InlineData(typeof(OpenRecord), "OpenRecord.Rest: [JsonExtensionData] would let anything in. Use a map.")]
    public void Create_WhatCannotBeAContract_SaysWhatToChange(Type type, string message) =>
        Assert.Equal(message, Assert.Throws<ProviderCheckException>(() => JsonContract.Create(type, null)).Message);

    [Fact]
    public void Create_InvalidPattern_IsRefused() =>
        Assert.StartsWith(
            "InvalidPattern.Name: [RegularExpression] is not a valid pattern:",
            Assert.Throws<ProviderCheckException>(() => Contracts.Of<InvalidPattern>()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Create_NamesThatCollide_AreRefused() =>
        Assert.StartsWith(
            "Colliding cannot be a JSON contract:",
            Assert.Throws<ProviderCheckException>(() => Contracts.Of<Colliding>()).Message,
            StringComparison.Ordinal);

    private sealed record Holder<T>
    {
        public required T Value { get; init; }
    }

    private sealed record Token
    {
        public SecretString? Value { get; init; }
    }

    private sealed record Recursive
    {
        public IReadOnlyList<Recursive> Below { get; init; } = [];
    }

    private abstract record AbstractWithoutKinds;

    [JsonDerivedType(typeof(ConcreteKind), "kind")]
    private record ConcreteUnion;

    private sealed record ConcreteKind : ConcreteUnion;

    [JsonDerivedType(typeof(UnnamedKind))]
    private abstract record UnnamedUnion;

    private sealed record UnnamedKind : UnnamedUnion;

    private sealed record UnknownDestination
    {
        public string? Host { get; init; }

        [SecretFor("hots")]
        public SecretString? Password { get; init; }
    }

    private sealed record SecretDestination
    {
        public SecretString? Other { get; init; }

        [SecretFor("other")]
        public SecretString? Password { get; init; }
    }

    private sealed record OpenSecretFor
    {
        public string? Host { get; init; }

        [SecretFor("host")]
        public string? Password { get; init; }
    }

    private sealed record UnknownDependency
    {
        [DependsOn("protocol", "a")]
        public int Port { get; init; }
    }

    private sealed record ImpossibleDependency
    {
        public MailSecurity Security { get; init; }

        [DependsOn("security", "auto", "tls")]
        public int Port { get; init; }
    }

    private sealed record RangeOnText
    {
        [Range(1, 2)]
        public string? Name { get; init; }
    }

    private sealed record LengthOnNumber
    {
        [StringLength(3)]
        public int Port { get; init; }
    }

    private sealed record UrlOnList
    {
        [Url]
        public IReadOnlyList<string>? Links { get; init; }
    }

    private sealed record NumbersForText
    {
        [AllowedValues(1, 2)]
        public string? Name { get; init; }
    }

    private sealed record TextForNumbers
    {
        [AllowedValues("1")]
        public int Port { get; init; }
    }

    private sealed record BackwardRange
    {
        [Range(10, 1)]
        public int Port { get; init; }
    }

    private sealed record MultilineNumber
    {
        [Multiline]
        public int Port { get; init; }
    }

    private sealed record UnitOfText
    {
        [Unit("seconds")]
        public string? Name { get; init; }
    }

    private sealed record BadDefault
    {
        [Range(1, 10)]
        public int Port { get; init; }
    }

    private sealed record BadNestedDefault
    {
        public Below Inner { get; init; } = new() { Port = 0 };
    }

    private sealed record Below
    {
        [Range(1, 10)]
        public required int Port { get; init; }
    }

    private sealed record SecretDefault
    {
        public SecretString? Password { get; init; } = new("hunter2");
    }

    private sealed record NamelessDefault
    {
        public FromOne Kind { get; init; }
    }

    private enum FromOne
    {
        One = 1,
    }

    private sealed record OwnConverter
    {
        [JsonConverter(typeof(JsonStringEnumConverter<FromOne>))]
        public FromOne Port { get; init; }
    }

    private sealed record LaxNumbers
    {
        [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
        public int Port { get; init; }
    }

    private sealed record OpenRecord
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Rest { get; init; }
    }

    private sealed record InvalidPattern
    {
        [RegularExpression("(")]
        public string? Name { get; init; }
    }

    private sealed record Colliding
    {
        public string? SmtpHost { get; init; }

        [JsonPropertyName("smtp_host")]
        public string? Host { get; init; }
    }
}
