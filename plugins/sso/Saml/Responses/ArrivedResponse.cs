using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>A response as it arrived: nothing in it is believed.</summary>
internal static class ArrivedResponse
{
    private const string Check = "response";

    public static XmlElement Read(ArrivedMessage message)
    {
        // The redirect binding is not for responses (profiles 4.1.2): they are too long to be signed there.
        if (!message.IsPost) throw new SamlRefusedException(Check, "A response must arrive by POST.");
        if (!message.Fields.TryGetValue("SAMLResponse", out var field)) throw new SamlRefusedException(Check, "There is no SAMLResponse.");
        var root = SamlXml.Parse(SamlEncoding.FromBase64(field, "encoding")).Root;
        if (!root.Is(SamlNames.Protocol, "Response")) throw new SamlRefusedException(Check, "It is no SAML 2.0 Response.");
        if (root.Attribute("Version") != "2.0") throw new SamlRefusedException(Check, "It is not of SAML version 2.0.");
        CheckStatus(root);
        CheckOneAssertion(root);
        return root;
    }

    /// <summary>Identity providers often do not sign that they refuse, so this is looked at first, and again once it is known to be signed.</summary>
    public static void CheckStatus(XmlElement response)
    {
        const string Status = "status";
        var status = response.Child(SamlNames.Protocol, "Status", Status);
        var code = status?.Child(SamlNames.Protocol, "StatusCode", Status);
        if (code?.Attribute("Value") == SamlNames.StatusSuccess) return;
        var detail = code?.Child(SamlNames.Protocol, "StatusCode", Status)?.Attribute("Value");
        var words = status?.Child(SamlNames.Protocol, "StatusMessage", Status)?.Text(Status);
        throw new SamlRefusedException(
            Status, $"The identity provider answered {LoginTrace.Shown(code?.Attribute("Value"))}, {LoginTrace.Shown(detail)}: {LoginTrace.Shown(words)}.");
    }

    // One assertion in the whole message, directly in the response. Signature wrapping needs a second one somewhere; it would not be read in any
    // case, as only what was signed is.
    private static void CheckOneAssertion(XmlElement response)
    {
        const string OneAssertion = "one_assertion";
        var direct = response.Children().Count(IsAssertion);
        if (direct is not 1) throw new SamlRefusedException(OneAssertion, $"It has {direct} assertions; exactly one is taken.");
        if (Below(response).Count(IsAssertion) is not 1 || Below(response).Any(element => element.Is(SamlNames.Protocol, "Response")))
        {
            throw new SamlRefusedException(OneAssertion, "There is an assertion or response inside another element.");
        }
    }

    private static bool IsAssertion(XmlElement element) => element.NamespaceURI == SamlNames.Assertion && element.LocalName is "Assertion" or "EncryptedAssertion";

    private static IEnumerable<XmlElement> Below(XmlElement element)
    {
        for (XmlNode? node = element.FirstChild; node is not null; node = Next(node, element))
        {
            if (node is XmlElement child) yield return child;
        }
    }

    private static XmlNode? Next(XmlNode node, XmlElement root)
    {
        if (node.FirstChild is { } child) return child;
        for (var at = node; at is not null && at != root; at = at.ParentNode)
        {
            if (at.NextSibling is { } next) return next;
        }

        return null;
    }
}
