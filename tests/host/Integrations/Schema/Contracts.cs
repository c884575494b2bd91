using System.Text;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

/// <summary>What the tests of this room say often.</summary>
internal static class Contracts
{
    public static JsonContract Of<T>() => JsonContract.Create(typeof(T), null);

    public static BindResult BindText(this JsonContract contract, string json) => contract.Bind(Encoding.UTF8.GetBytes(json).AsMemory());

    public static T Bound<T>(this JsonContract contract, string json)
    {
        var result = contract.BindText(json);
        Assert.Empty(result.Errors);
        return Assert.IsType<T>(result.Value);
    }

    public static FieldError Refused(this JsonContract contract, string json)
    {
        var result = contract.BindText(json);
        Assert.Null(result.Value);
        return Assert.Single(result.Errors);
    }
}
