using System.Buffers.Binary;
using System.Text;

namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

/// <summary>A message of Protocol Buffers by its field numbers: https://protobuf.dev/programming-guides/encoding</summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly List<(int Number, ulong Value, byte[] Content)> fields = [];

    public static ProtoMessage Read(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtoMessage();
        while (!bytes.IsEmpty)
        {
            var tag = ReadVarint(ref bytes);
            var (value, content) = (0ul, Array.Empty<byte>());
            switch ((int)(tag & 7))
            {
                case Varint:
                    value = ReadVarint(ref bytes);
                    break;
                case Fixed64:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case Fixed32:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                case Bytes:
                    var length = (int)ReadVarint(ref bytes);
                    content = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                default:
                    throw new InvalidDataException($"There is no wire type {tag & 7}.");
            }

            message.fields.Add(((int)(tag >> 3), value, content));
        }

        return message;
    }

    public IEnumerable<ProtoMessage> Messages(int number) => fields.Where(field => field.Number == number).Select(field => Read(field.Content));

    /// <summary>A message within messages: one number for each step.</summary>
    public IEnumerable<ProtoMessage> Messages(int number, params int[] then) =>
        then.Aggregate(Messages(number), (messages, next) => messages.SelectMany(message => message.Messages(next)));

    public string Text(int number) => Encoding.UTF8.GetString(Content(number));

    public string Hex(int number) => Convert.ToHexStringLower(Content(number));

    public ulong Number(int number) => fields.Where(field => field.Number == number).Select(field => field.Value).LastOrDefault();

    public bool Has(int number) => fields.Exists(field => field.Number == number);

    private byte[] Content(int number) => fields.Where(field => field.Number == number).Select(field => field.Content).LastOrDefault() ?? [];

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
