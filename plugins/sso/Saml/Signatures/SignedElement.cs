using System.Security.Cryptography.X509Certificates;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Signatures;

/// <summary>An element that was parsed out of the octets that were signed.</summary>
/// <param name="Element">The element, without the signature; nothing is around it.</param>
/// <param name="Certificate">Whose key signed.</param>
/// <param name="Algorithm">How, for people.</param>
/// <param name="UsesSha1">Whether SHA-1 has a part in it.</param>
internal sealed record SignedElement(XmlElement Element, X509Certificate2 Certificate, string Algorithm, bool UsesSha1);
