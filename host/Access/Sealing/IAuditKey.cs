namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>The key of the seals: whoever can write to the database alone does not have it. The room that keeps secrets brings it.</summary>
internal interface IAuditKey
{
    /// <summary>The same on every host of the database.</summary>
    ReadOnlyMemory<byte> Bytes { get; }
}
