namespace Vaka.Plugins.Sso.Tests.Saml;

/// <summary>The folder that reads SAML has one way to do it. What other ways need is not to be found in it.</summary>
public sealed class SamlSourceTests
{
    private static readonly string[] Forbidden =
    [
        "XDocument", "XElement", "System.Xml.Linq", "System.Xml.XPath", "XPath", "Regex", "SelectNodes", "SelectSingleNode", "GetElementsByTagName",
        "GetElementById", "SignedXml", "EncryptedXml", "DtdProcessing.Parse", "DtdProcessing.Ignore", "XmlUrlResolver", "XmlTextReader", "LoadXml",
    ];

    [Fact]
    public void Sources_Saml_NoSecondWayToRead()
    {
        var files = Directory.GetFiles(Path.Combine(Root(), "plugins", "sso", "Saml"), "*.cs", SearchOption.AllDirectories);
        Assert.True(files.Length > 20);
        var found = from file in files
                    from line in File.ReadLines(file)
                    from word in Forbidden
                    where line.Contains(word, StringComparison.Ordinal)
                    select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(found);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Vaka.Plugins.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run from within the repository.");
    }
}
