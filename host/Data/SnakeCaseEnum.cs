using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Vaka.Plugins.Host.Data;

/// <summary>Enums are stored by their snake_case names, as they stand on the wire.</summary>
internal static class SnakeCaseEnum
{
    public static ValueConverter Converter(Type enumType) =>
        (ValueConverter)Activator.CreateInstance(typeof(NameConverter<>).MakeGenericType(enumType))!; // a class with a parameterless constructor

    private sealed class NameConverter<TEnum>() : ValueConverter<TEnum, string>(
        value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()),
        text => Enum.Parse<TEnum>(text.Replace("_", ""), true))
        where TEnum : struct, Enum;
}
