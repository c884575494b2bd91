namespace Vaka.Plugins;

/// <summary>The field matters only while another one has one of the given values. The form shows it only then.</summary>
/// <param name="path">The other field, from the root of the document: <c>protocol</c>.</param>
/// <param name="values">The values, as they stand in JSON.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DependsOnAttribute(string path, params string[] values) : Attribute
{
    /// <summary>The other field.</summary>
    public string Path { get; } = path;

    /// <summary>Its values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The text has several lines.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultilineAttribute : Attribute;

/// <summary>The unit of a number, such as <c>seconds</c>.</summary>
/// <param name="name">Plural, in English.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UnitAttribute(string name) : Attribute
{
    /// <summary>The unit.</summary>
    public string Name { get; } = name;
}

/// <summary>The value is masked wherever inputs are viewed: people's data, message bodies.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute;

/// <summary>The field has live choices: see <see cref="IIntegrationProvider.GetOptionsAsync"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HasOptionsAttribute : Attribute;

/// <summary>Where, and how protected, a secret is sent: all destination and protection fields (host, port, TLS mode, pinned
/// certificate, token URL). Changing one of them without giving the secret again is refused, so that nobody can have a stored secret
/// sent to himself. Stands on a <see cref="SecretString"/> or a map of them.</summary>
/// <param name="paths">The fields, from the root of the config: <c>smtp_host</c>, <c>auth.token_url</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretForAttribute(params string[] paths) : Attribute
{
    /// <summary>The fields.</summary>
    public IReadOnlyList<string> Paths { get; } = paths;
}
