using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml;
using Vaka.Plugins.Sso.Saml.Responses;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>However a real response is changed, it is refused or says the same.</summary>
public sealed class MutationTests
{
    private const int MutantsOfEach = 2_600; // of eight responses: 20,800
    private const int Seed = 20260101;

    public static TheoryData<string> Recorded => SamlLoginTests.Recorded;

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Response_Changed_RefusedOrTheSame(string file)
    {
        var recorded = RecordedResponse.All.Single(response => response.File == file);
        await using var login = recorded.Login();
        var principal = Principal(login, recorded, recorded.Xml);
        Assert.NotNull(principal);
        var others = RecordedResponse.All.Where(response => response.File != file && response.File.Split('-')[0] == file.Split('-')[0])
            .Select(response => response.Xml).ToArray();
        var (refused, same) = (0, 0);
        for (var mutant = 0; mutant < MutantsOfEach; mutant++)
        {
            var seed = Seed + mutant;
            var xml = new Mutator(new Random(seed), others).Mutate(recorded.Xml);
            string? found;
            try
            {
                found = Principal(login, recorded, xml);
            }
            catch (Exception exception) when (exception is not SamlRefusedException)
            {
                throw new InvalidOperationException($"Seed {seed} of {file} broke the reader.", exception);
            }

            Assert.True(found is null || found == principal, $"Seed {seed} of {file} became {found}");
            if (found is null) refused++;
            else same++;
        }

        // Neither is empty: the test would see nothing if the mutants were all alike.
        Assert.InRange(refused, MutantsOfEach / 2, MutantsOfEach - 1);
        Assert.True(same > 0);
    }

    // Without the one-time store, which would refuse the second of two mutants that say the same.
    private static string? Principal(SamlLogin login, RecordedResponse recorded, byte[] xml)
    {
        var expected = new Expected
        {
            Provider = login.Provider, Audience = recorded.Entity, Acs = login.Addresses.Acs, Pending = login.Pending, Config = login.Config, Now = recorded.At,
        };
        var message = new ArrivedMessage { IsPost = true, Fields = new Dictionary<string, string> { ["SAMLResponse"] = Convert.ToBase64String(xml) } };
        try
        {
            return JsonSerializer.Serialize(ResponseReader.Read(message, expected, login.Keys, new LoginTrace(login.Test.Create())).Login);
        }
        catch (SamlRefusedException)
        {
            return null;
        }
    }
}
