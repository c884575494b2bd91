using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>The snake_case names of enums, as they are stored and as they stand on the wire.</summary>
internal static class SnakeCaseEnum
{
    public static ValueConverter Converter(Type enumType) =>
        (ValueConverter)Activator.CreateInstance(typeof(NameConverter<>).MakeGenericType(enumType))!; // a class with a parameterless constructor

    public static string Text<TEnum>(TEnum value)
        where TEnum : struct, Enum => Names<TEnum>.Texts[value];

    /// <summary>The names of all values, in the order in which they are declared.</summary>
    public static IReadOnlyList<string> Texts<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetValues<TEnum>().Select(Text)];

    /// <summary>What is stored, which is a name; <see cref="Find"/> is for what somebody gave.</summary>
    public static TEnum Parse<TEnum>(string name)
        where TEnum : struct, Enum => Names<TEnum>.Values[name];

    public static TEnum? Find<TEnum>(string name)
        where TEnum : struct, Enum => Names<TEnum>.Values.TryGetValue(name, out var value) ? value : null;

    private sealed class NameConverter<TEnum>() : ValueConverter<TEnum, string>(
        value => Text(value),
        text => Parse<TEnum>(text))
        where TEnum : struct, Enum;

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly FrozenDictionary<TEnum, string> Texts =
            Enum.GetValues<TEnum>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly FrozenDictionary<string, TEnum> Values = Texts.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
    }
}
