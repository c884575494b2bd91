namespace Vaka.Plugins.Sso.Tests.Saml.Peers;

/// <summary>Classes that share the two identity providers, one test at a time: each registers this side anew.</summary>
[CollectionDefinition(Name)]
public sealed class SamlPeerCollection : ICollectionFixture<SamlPeerFixture>
{
    public const string Name = "SAML identity providers";
}
