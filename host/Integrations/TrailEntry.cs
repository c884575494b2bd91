namespace Vaka.Plugins.Host.Integrations;

/// <summary>One row that the resolver looked at.</summary>
/// <param name="Id">The row; <c>null</c> for a platform-wide row in a tenant's trail, which shows name and scope only.</param>
/// <param name="Name">The row's name.</param>
/// <param name="Scope">Whose row it is.</param>
/// <param name="Taken">Whether it answers.</param>
/// <param name="Reason">Why it was taken or passed over, in words for people.</param>
internal sealed record TrailEntry(Guid? Id, string Name, ConfigScope Scope, bool Taken, string Reason);
