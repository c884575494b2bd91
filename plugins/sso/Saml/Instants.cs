using System.Globalization;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml;

/// <summary>Times of metadata, of our own messages, and for people.</summary>
internal static class Instants
{
    /// <summary>A time of metadata, whose publishers are less exact than SAML wants: without a zone it is UTC.</summary>
    /// <exception cref="FormatException">It is no time.</exception>
    public static DateTimeOffset Parse(string text) => new(XmlConvert.ToDateTime(text, XmlDateTimeSerializationMode.Utc));

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>For people.</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
