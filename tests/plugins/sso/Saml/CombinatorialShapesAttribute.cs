using System.Reflection;
using Vaka.Plugins.Sso.Tests.Saml.Minting;
using Xunit.Sdk;
using Xunit.v3;

namespace Vaka.Plugins.Sso.Tests.Saml;

/// <summary>Every way to sign, with every way to encrypt.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialShapesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from signed in Enum.GetValues<Signed>()
                where signed is not Signed.None
                from encrypted in Enum.GetValues<Encrypted>()
                select (ITheoryDataRow)new TheoryDataRow<string, string>(signed.ToString(), encrypted.ToString())]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
