using Microsoft.AspNetCore.Http.Features;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary>Reads what was sent to an address of single sign-on, as it arrived, and no more of it than the address takes.</summary>
internal static class SsoArrival
{
    /// <summary>For SAML responses, which may hold certificates and photographs.</summary>
    public const int ResponseLimit = 3 * 512 * 1024;

    /// <summary>For everything else.</summary>
    public const int Limit = 64 * 1024;

    private const int MostFields = 32;

    /// <returns>The message; or <c>null</c> and the status that says why there is none.</returns>
    public static async Task<(ArrivedMessage? Message, int Status)> ReadAsync(HttpContext context, int limit)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method))
        {
            var query = Single(request.Query);
            return query is null
                ? (null, StatusCodes.Status400BadRequest)
                : (new ArrivedMessage(false, query, request.QueryString.HasValue ? request.QueryString.Value[1..] : ""), StatusCodes.Status200OK);
        }

        if (request.ContentLength > limit) return (null, StatusCodes.Status413PayloadTooLarge);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
        if (!IsForm(request)) return (null, StatusCodes.Status415UnsupportedMediaType);
        try
        {
            var form = await new FormFeature(request, new FormOptions { ValueCountLimit = MostFields, ValueLengthLimit = limit, KeyLengthLimit = 256 })
                .ReadFormAsync(context.RequestAborted);
            var fields = Single(form);
            return fields is null ? (null, StatusCodes.Status400BadRequest) : (new ArrivedMessage(true, fields, ""), StatusCodes.Status200OK);
        }
        catch (BadHttpRequestException refused)
        {
            return (null, refused.StatusCode);
        }
        catch (InvalidDataException)
        {
            return (null, StatusCodes.Status400BadRequest);
        }
    }

    // Which of two would count is anybody's guess, and the signature's may be another than ours.
    private static Dictionary<string, string>? Single(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> fields)
    {
        var single = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in fields)
        {
            if (values.Count != 1 || single.Count == MostFields) return null;
            single[name] = values.ToString();
        }

        return single;
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType is { } type && type.Split(';')[0].Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
