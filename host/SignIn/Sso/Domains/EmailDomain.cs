using System.Globalization;

namespace Vaka.Plugins.Host.SignIn.Sso.Domains;

/// <summary>The part of an e-mail address that says whose it is, as DNS has it.</summary>
internal static class EmailDomain
{
    private const int Longest = 253;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <returns><c>null</c>: it is no e-mail address.</returns>
    public static string? Of(string email) => email.LastIndexOf('@') is > 0 and var at ? Read(email[(at + 1)..]) : null;

    /// <returns><c>null</c>: it is no domain.</returns>
    public static string? Read(string text)
    {
        try
        {
            var domain = Idn.GetAscii(text.Trim()).ToLowerInvariant();
            return domain.Length <= Longest && domain.Contains('.') && Uri.CheckHostName(domain) is UriHostNameType.Dns ? domain : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
