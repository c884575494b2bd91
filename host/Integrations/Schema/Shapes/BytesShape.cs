using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>Bytes, in base64.</summary>
internal sealed class BytesShape(LengthRule length) : Shape
{
    public static bool Is(Type type) => type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>);

    public override string Expected => "bytes in base64";

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" };
        if (length.Min is > 0) schema["minLength"] = EncodedLength(length.Min.Value);
        if (length.Max is not null) schema["x-max-bytes"] = length.Max;
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.ExpectText(Expected)) return;
        var text = walk.Reader.ValueSpan;
        if (walk.Reader.ValueIsEscaped) text = Encoding.UTF8.GetBytes(JsonText.Unescape(text)); // some writers escape the slash
        if (!Base64.IsValid(text, out var decoded)) walk.Fail("Not valid base64. Encode the bytes in standard base64 with padding.");
        else if (!length.Holds(decoded)) walk.Fail(length.Message);
    }

    private static long EncodedLength(int bytes) => (bytes + 2L) / 3 * 4;
}
