using System.Buffers.Text;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Which integrations to list; what is <c>null</c> does not filter.</summary>
internal sealed record IntegrationQuery
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public string? IntegrationType { get; init; }

    public IntegrationStatus? Status { get; init; }

    public HealthStatus? HealthStatus { get; init; }

    public bool? IsActive { get; init; }

    public string? Name { get; init; }

    /// <summary>A part of the name, whatever its case.</summary>
    public string? Q { get; init; }

    /// <summary>The rows of all tenants and the platform's; for platform admins.</summary>
    public bool AllTenants { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Where the page before ended.</summary>
    public string? Cursor { get; init; }

    internal static string WriteCursor(Guid last) => Base64Url.EncodeToString(last.ToByteArray(bigEndian: true));

    internal Guid? ReadCursor()
    {
        if (string.IsNullOrEmpty(Cursor)) return null;
        Span<byte> bytes = stackalloc byte[16];
        if (Cursor.Length == 22 && Base64Url.IsValid(Cursor) && Base64Url.TryDecodeFromChars(Cursor, bytes, out var length) && length == bytes.Length)
            return new Guid(bytes, bigEndian: true);
        throw new ProblemException(ProblemCode.InvalidRequest, "The cursor is not one of ours. Use next_cursor of the page before, or leave it out.");
    }
}

/// <summary>One page, oldest first, and where the next one begins; <c>null</c>: this is the last.</summary>
internal sealed record IntegrationPage(IReadOnlyList<Integration> Items, string? NextCursor);
