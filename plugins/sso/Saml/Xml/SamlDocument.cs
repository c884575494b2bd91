using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>A document that has passed <see cref="SamlXml.Parse"/>.</summary>
internal sealed record SamlDocument(XmlElement Root);
