using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Host.Network.Tls;

/// <summary>What is wrong with a certificate, in words that follow "it". Names in a certificate are the server's claim: they are shown
/// short and without control characters.</summary>
internal static class CertificateWords
{
    private const int NamesShown = 5;

    /// <summary>SHA-256 over the certificate, as <c>AA:BB:…</c>.</summary>
    public static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHashString(HashAlgorithmName.SHA256).Chunk(2).Select(pair => new string(pair)));

    public static string? DateProblem(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (now > certificate.NotAfter.ToUniversalTime())
        {
            return $"expired on {Day(certificate.NotAfter)}";
        }

        return now < certificate.NotBefore.ToUniversalTime() ? $"is valid only from {Day(certificate.NotBefore)}" : null;
    }

    public static IEnumerable<string> Problems(
        string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            yield return $"is for {Names(certificate)} and not for {host}";
        }

        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            yield break;
        }

        var dates = DateProblem(certificate, now);
        if (dates is not null)
        {
            yield return dates;
        }

        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var before = dates is null ? 0 : 1;
        foreach (var problem in ChainProblems(certificate, status, before))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> ChainProblems(X509Certificate2 certificate, X509ChainStatusFlags status, int found)
    {
        const X509ChainStatusFlags noRoot = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((status & noRoot) != 0)
        {
            found++;
            yield return IsSelfSigned(certificate)
                ? "is self-signed"
                : status.HasFlag(X509ChainStatusFlags.PartialChain)
                    ? $"was issued by {Issuer(certificate)}, which is not known here (a server must send its intermediate certificates)"
                    : $"was issued under a root that is not trusted here (issuer: {Issuer(certificate)})";
        }

        if (status.HasFlag(X509ChainStatusFlags.NotValidForUsage))
        {
            found++;
            yield return "is not meant for servers";
        }

        if (found == 0)
        {
            yield return $"was refused ({status})";
        }
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string Issuer(X509Certificate2 certificate) => Plain(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true));

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
            .Take(NamesShown + 1)
            .Select(Plain)
            .ToList();
        return names.Count switch
        {
            0 => "no host name",
            > NamesShown => string.Join(", ", names.Take(NamesShown)) + " and others",
            _ => string.Join(", ", names),
        };
    }

    private static string Plain(string name) => string.Concat(name.Where(character => !char.IsControl(character)).Take(80));

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
