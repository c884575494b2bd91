namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>Gathers the secrets of a document.</summary>
internal sealed class SecretSearch
{
    private readonly List<SecretPlace> places = [];
    private readonly List<string> segments = [];

    public IReadOnlyList<SecretPlace> Places => places;

    public void Found(IReadOnlyList<string> boundTo) => places.Add(new SecretPlace(string.Join('.', segments), [.. segments], boundTo));

    public void Enter(string name) => segments.Add(name);

    public void Leave() => segments.RemoveAt(segments.Count - 1);
}
