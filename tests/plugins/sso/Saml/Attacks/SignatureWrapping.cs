using System.Security.Cryptography.Xml;
using System.Xml;
using Vaka.Plugins.Sso.Tests.Saml.Minting;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>The ways to keep what was signed somewhere in the message, so that its signature holds, and have something else read ("On Breaking
/// SAML", USENIX Security 2012; the numbers are those of SAML Raider).</summary>
internal static class SignatureWrapping
{
    public const string Victim = "victim";

    public static string Wrap(int variant) => variant switch
    {
        1 => Response((evil, signature, original) => Hide(signature, "Object").AppendChild(original)),
        2 => Response((evil, signature, original) => evil.InsertBefore(Holder(evil, "samlp", "Extensions", original), signature)),
        3 => Assertion((response, evil, original) => response.InsertBefore(Unsigned(evil), original)),
        4 => Assertion((response, evil, original) =>
        {
            response.ReplaceChild(Unsigned(evil), original);
            evil.AppendChild(original);
        }),
        5 => Assertion((response, evil, original) =>
        {
            response.ReplaceChild(evil, original);
            response.AppendChild(Unsigned(original));
        }),
        6 => Assertion((response, evil, original) =>
        {
            response.ReplaceChild(evil, original);
            Hide(Signature(evil), "KeyInfo").AppendChild(Unsigned(original));
        }),
        7 => Assertion((response, evil, original) => response.InsertBefore(Holder(response, "samlp", "Extensions", Unsigned(evil)), original)),
        8 => Assertion((response, evil, original) =>
        {
            response.ReplaceChild(evil, original);
            Hide(Signature(evil), "Object").AppendChild(Unsigned(original));
        }),
        9 => Assertion((response, evil, original) =>
        {
            response.ReplaceChild(Unsigned(evil), original);
            response.AppendChild(Holder(response, "samlp", "StatusDetail", original));
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(variant)),
    };

    private static string Response(Action<XmlElement, XmlElement, XmlElement> arrange)
    {
        var document = new ResponseBuilder { Signed = Signed.Response }.BuildDocument();
        var evil = document.DocumentElement!;
        var original = (XmlElement)evil.CloneNode(deep: true);
        original.RemoveChild(Signature(original));
        Corrupt(evil);
        arrange(evil, Signature(evil), original);
        return document.OuterXml;
    }

    private static string Assertion(Action<XmlElement, XmlElement, XmlElement> arrange)
    {
        var document = new ResponseBuilder().BuildDocument();
        var original = document.DocumentElement!.ChildNodes.OfType<XmlElement>().Single(element => element.LocalName == "Assertion");
        var evil = (XmlElement)original.CloneNode(deep: true);
        Corrupt(evil);
        arrange(document.DocumentElement, evil, original);
        return document.OuterXml;
    }

    private static void Corrupt(XmlElement element)
    {
        element.SetAttribute("ID", "_evil");
        foreach (XmlElement inner in element.SelectNodes("//*[local-name()='Assertion']")!)
        {
            // The response's assertion too must not be there twice by its id.
            if (element.LocalName == "Response") inner.SetAttribute("ID", "_evil_assertion");
        }

        element.SelectNodes(".//*[local-name()='NameID']")!.OfType<XmlElement>().Single().InnerText = Victim;
    }

    private static XmlElement Signature(XmlElement element) =>
        element.ChildNodes.OfType<XmlElement>().Single(child => child.LocalName == "Signature");

    private static XmlElement Unsigned(XmlElement element)
    {
        element.RemoveChild(Signature(element));
        return element;
    }

    private static XmlElement Hide(XmlElement signature, string name)
    {
        var place = signature.ChildNodes.OfType<XmlElement>().FirstOrDefault(child => child.LocalName == name);
        return place ?? (XmlElement)signature.AppendChild(signature.OwnerDocument.CreateElement("", name, SignedXml.XmlDsigNamespaceUrl))!;
    }

    private static XmlElement Holder(XmlElement response, string prefix, string name, XmlElement content)
    {
        var holder = response.OwnerDocument.CreateElement(prefix, name, "urn:oasis:names:tc:SAML:2.0:protocol");
        holder.AppendChild(content);
        return holder;
    }
}
