using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>What a vendor, or whoever stands in its place, may answer.</summary>
internal static class HostileAnswers
{
    private static readonly Lazy<byte[]> Compressed = new(() => Zip(64 * 1024 * 1024));

    /// <summary>The ways in which vendors refuse.</summary>
    public static IEnumerable<(Circumstance Circumstance, HttpAnswer Answer)> Refusals { get; } =
    [
        Refusal("answered 400", HttpAnswers.Json(HttpStatusCode.BadRequest, """{"error":"bad","errors":{"a":"b"},"message":"No."}""")),
        Refusal("answered 401", HttpAnswers.Status(HttpStatusCode.Unauthorized)),
        Refusal("answered 403", HttpAnswers.Json(HttpStatusCode.Forbidden, """{"message":"No."}""")),
        Refusal("answered 404", HttpAnswers.Html(HttpStatusCode.NotFound)),
        Refusal("answered 410", HttpAnswers.Status(HttpStatusCode.Gone)),
        Refusal("answered 429", HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7))),
        Refusal("answered 500", HttpAnswers.Html(HttpStatusCode.InternalServerError)),
        Refusal("answered 503", HttpAnswers.RetryAfter(HttpStatusCode.ServiceUnavailable, TimeSpan.FromDays(400))),
        Refusal("redirected", HttpAnswers.Redirect("https://elsewhere.test/sign-in")),
    ];

    /// <summary>What no vendor should answer.</summary>
    public static IEnumerable<(Circumstance Circumstance, HttpAnswer Answer)> Hostile { get; } =
    [
        Answer("answered nothing", HttpAnswers.Status(HttpStatusCode.OK)),
        Answer("answered HTML", HttpAnswers.Html(HttpStatusCode.OK)),
        Answer("answered null", HttpAnswers.Json("null")),
        Answer("answered a list", HttpAnswers.Json("[1,null,{},[]]")),
        Answer("answered another object", HttpAnswers.Json("""{"ok":"yes","id":{},"key":[],"result":7,"value":null,"values":{},"errors":[3]}""")),
        Answer("answered half of it", HttpAnswers.Json("""{"ok": true, "result": {"id": """)),
        Answer("answered bytes that are no text", Bytes([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28])),
        Answer("answered JSON a thousand levels deep", HttpAnswers.Json(new string('[', 1000) + new string(']', 1000))),
        Answer("answered without end", HttpAnswers.Endless()),
        Answer("answered 17 MiB", Bytes(new byte[17 * 1024 * 1024])),
        Answer("answered 64 MiB compressed to little", HttpAnswers.Content(HttpStatusCode.OK, Unzip)),
        Answer("broke off in the answer", HttpAnswers.CutInBody(HttpStatusCode.OK)),
    ];

    private static (Circumstance Circumstance, HttpAnswer Answer) Refusal(string name, HttpAnswer answer) =>
        (new Circumstance($"when the vendor {name}", CircumstanceKind.Refusal), answer);

    private static (Circumstance Circumstance, HttpAnswer Answer) Answer(string name, HttpAnswer answer) =>
        (new Circumstance($"when the vendor {name}", CircumstanceKind.Hostile), answer);

    private static HttpAnswer Bytes(byte[] body) => HttpAnswers.Content(HttpStatusCode.OK, () => AsJson(new ByteArrayContent(body)));

    // The host's client decompresses, and a plugin sees what comes out, of no known length.
    private static StreamContent Unzip() => AsJson(new StreamContent(new GZipStream(new MemoryStream(Compressed.Value), CompressionMode.Decompress)));

    private static byte[] Zip(int length)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            var block = Encoding.UTF8.GetBytes(new string(' ', 64 * 1024));
            for (var written = 0; written < length; written += block.Length) zip.Write(block);
        }

        return zipped.ToArray();
    }

    private static T AsJson<T>(T content)
        where T : HttpContent
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
