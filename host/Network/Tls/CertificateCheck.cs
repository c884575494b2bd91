using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Host.Network.Tls;

/// <summary>Decides whether a server's certificate is trusted: by name and chain, or, where one is pinned, by its fingerprint and dates
/// alone. Says in words why not.</summary>
internal sealed class CertificateCheck
{
    private readonly string? host;
    private readonly string? pin;
    private readonly TimeProvider clock;

    public CertificateCheck(string? host, string? pinnedCertificate, TimeProvider clock)
    {
        this.host = host;
        this.clock = clock;
        pin = pinnedCertificate is null ? null : ParsePin(pinnedCertificate);
    }

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>. Throws instead of answering <c>false</c>, since only an exception
    /// carries the reason out of the handshake.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var name = host ?? (sender as SslStream)?.TargetHostName ?? "the server";
        if (certificate is null)
        {
            throw OutboundFailure.Refused($"The server {name} showed no certificate.");
        }

        var leaf = certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var problem = pin is null ? Problem(name, leaf, chain, errors) : PinProblem(name, leaf, pin);
        return problem is null ? true : throw OutboundFailure.Refused(problem);
    }

    private string? PinProblem(string name, X509Certificate2 leaf, string expected)
    {
        var actual = leaf.GetCertHashString(HashAlgorithmName.SHA256);
        if (actual != expected)
        {
            return $"The certificate of {name} has the SHA-256 fingerprint {CertificateWords.Fingerprint(leaf)}, "
                + "which is not the pinned one. If it was renewed, check the new fingerprint and pin it.";
        }

        return CertificateWords.DateProblem(leaf, clock.GetUtcNow()) is { } problem
            ? $"The pinned certificate of {name} {problem}. Renew it on the server and pin the new one."
            : null;
    }

    private string? Problem(string name, X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        var problems = string.Join(", and ", CertificateWords.Problems(name, leaf, chain, errors, clock.GetUtcNow()));
        return $"The certificate of {name} is not trusted: it {problems}. "
            + $"Its SHA-256 fingerprint is {CertificateWords.Fingerprint(leaf)}. "
            + "Have the server corrected or, once you have checked that fingerprint with its owner, pin it.";
    }

    private static string ParsePin(string text)
    {
        var hex = text.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
        return hex.Length == SHA256.HashSizeInBytes * 2 && hex.All(char.IsAsciiHexDigit)
            ? hex
            : throw OutboundFailure.Refused(
                "The pinned certificate is not a SHA-256 fingerprint. Enter its 64 hexadecimal digits, with or without colons.");
    }
}
