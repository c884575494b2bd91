using System.Xml;
using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Compares times with the skew of the row. The skew is taken off now and never added to what arrived, which may be the end of time.</summary>
internal static class TimeWindow
{
    public static void CheckNotBefore(XmlElement element, string name, Expected expected, string check)
    {
        if (SamlTime.Read(element, name, check) is { } from && from > expected.Now + expected.Skew)
        {
            throw new SamlRefusedException(check, $"{name} of {element.LocalName} is {from:u}, and it is {expected.Now:u} here. Compare the clocks.");
        }
    }

    /// <returns>When it ends; <c>null</c>: it does not say.</returns>
    public static DateTimeOffset? CheckNotOnOrAfter(XmlElement element, string name, Expected expected, string check)
    {
        var until = SamlTime.Read(element, name, check);
        return until is null || until > expected.Now - expected.Skew
            ? until
            : throw new SamlRefusedException(check, $"{name} of {element.LocalName} is {until:u}, and it is {expected.Now:u} here: it has expired.");
    }

    /// <returns>When it was issued.</returns>
    public static DateTimeOffset CheckIssueInstant(XmlElement element, Expected expected)
    {
        const string Check = "issue_instant";
        var at = SamlTime.Read(element, "IssueInstant", Check)
            ?? throw new SamlRefusedException(Check, $"{element.LocalName} has no IssueInstant.");
        if (at > expected.Now + expected.Skew)
        {
            throw new SamlRefusedException(Check, $"{element.LocalName} was issued at {at:u}, and it is {expected.Now:u} here. Compare the clocks.");
        }

        return at >= expected.Now - expected.Skew - expected.LongestAge
            ? at
            : throw new SamlRefusedException(Check, $"{element.LocalName} was issued at {at:u}: longer ago than max_response_age_seconds allows.");
    }
}
