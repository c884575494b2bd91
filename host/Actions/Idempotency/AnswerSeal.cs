using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Encrypts answers, each bound to its key: what an action answers is nobody's business but its caller's.</summary>
internal sealed class AnswerSeal(KeyRing ring)
{
    /// <summary>What a ciphertext is bound to, before the scope of its key.</summary>
    public const string Purpose = "idempotency-answer";

    /// <summary>Longest answer that is kept, in characters of JSON.</summary>
    public const int Longest = 1024 * 1024;

    private static readonly JsonSerializerOptions Text = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <returns><c>null</c>: it is too long to be kept.</returns>
    public string? Close(string scope, KeptAnswer answer)
    {
        if (answer.Output?.Length > Longest) return null;
        var text = JsonSerializer.Serialize(answer, Text);
        return text.Length <= Longest ? ring.Protect(text, Purpose, scope) : null;
    }

    /// <returns><c>null</c>: it cannot be read any more.</returns>
    public KeptAnswer? Open(string scope, string ciphertext)
    {
        try
        {
            return JsonSerializer.Deserialize<KeptAnswer>(ring.Unprotect(ciphertext, Purpose, scope), Text);
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            return null;
        }
    }
}

/// <summary><c>idempotency_keys</c>.</summary>
internal sealed class IdempotencyKeyTable(KeyRing ring) : CiphertextTable<IdempotencyKey>
{
    protected override string Name => "idempotency_keys";

    protected override IQueryable<IdempotencyKey> After(IQueryable<IdempotencyKey> rows, IdempotencyKey? last) =>
        (last is null ? rows : rows.Where(row => row.Scope.CompareTo(last.Scope) > 0)).Where(row => row.Answer != null).OrderBy(row => row.Scope);

    protected override IQueryable<IdempotencyKey> Same(IQueryable<IdempotencyKey> rows, IdempotencyKey row) =>
        rows.Where(other => other.Scope == row.Scope);

    protected override string Describe(IdempotencyKey row) => row.ExecutionId.ToString("D");

    protected override string? Renew(IdempotencyKey row, ICollection<string> undecryptable)
    {
        try
        {
            return row.Answer is null ? null : ring.Renew(row.Answer, AnswerSeal.Purpose, row.Scope);
        }
        catch (CryptographicException)
        {
            undecryptable.Add("the answer");
            return null;
        }
    }

    protected override Task<int> WriteAsync(
        IQueryable<IdempotencyKey> same, IdempotencyKey read, string renewed, CancellationToken cancellationToken) =>
        same.Where(row => row.Answer == read.Answer)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Answer, renewed), cancellationToken);
}
