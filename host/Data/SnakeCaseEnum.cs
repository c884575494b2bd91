using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>Enums are stored by their snake_case names, as they stand on the wire.</summary>
internal static class SnakeCaseEnum
{
    public static ValueConverter Converter(Type enumType) =>
        (ValueConverter)Activator.CreateInstance(typeof(NameConverter<>).MakeGenericType(enumType))!; // a class with a parameterless constructor

    /// <summary>For SQL that is written by hand.</summary>
    public static TEnum Parse<TEnum>(string name)
        where TEnum : struct, Enum => Names<TEnum>.Values[name];

    private static string Text<TEnum>(TEnum value)
        where TEnum : struct, Enum => Names<TEnum>.Texts[value];

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
