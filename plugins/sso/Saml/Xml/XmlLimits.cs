namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>More than any identity provider sends, less than what would cost. Somebody in five thousand groups still gets in.</summary>
internal static class XmlLimits
{
    public const int MostNodes = 20_000;
    public const int MostAttributes = 64;
    public const int LongestAttribute = 8 * 1024;
    public const int LongestName = 256;
    public const int Deepest = 32;
}
