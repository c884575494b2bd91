namespace Vaka.Plugins.Host.Access;

/// <summary>The way to the issuer of tokens. The room that guards the network brings it.</summary>
internal interface IIssuerChannel
{
    /// <summary>Reaches the issuer wherever the operator says that it is; any other address that its answers name only where integrations
    /// of the platform may go.</summary>
    HttpMessageHandler Open(Uri issuer);
}
