using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Vaka.Plugins.Analyzers;

/// <summary>Reports a secret that is revealed in the very expression that goes into a log, an exception or what people are shown. Revealing it
/// elsewhere is how it is sent, which nobody can tell from here.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RevealedSecretAnalyzer : DiagnosticAnalyzer
{
    private const string Contract = "Vaka.Plugins.";

    private static readonly DiagnosticDescriptor Rule = new(
        "VAKA1001",
        "A secret is revealed where people read",
        "The secret ends up in {0}. Reveal it only where it is sent; here say which field it is of.",
        "Security",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Analyze, OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        var invocation = (IInvocationOperation)context.Operation;
        if (invocation.TargetMethod.Name != "Reveal" || NameOf(invocation.TargetMethod.ContainingType) != Contract + "SecretString") return;
        if (FindReader(invocation) is { } reader)
            context.ReportDiagnostic(Diagnostic.Create(Rule, invocation.Syntax.GetLocation(), reader));
    }

    /// <summary>Who reads it: the log, an exception …; null: what is made of it goes elsewhere.</summary>
    private static string? FindReader(IOperation revealed)
    {
        for (var operation = revealed.Parent; operation is not null; operation = operation.Parent)
        {
            switch (operation)
            {
                case IInvocationOperation call:
                    if (ReaderOf(call.TargetMethod) is { } reader) return reader;

                    // What other calls make of it, a signature or a length, is no secret any more; text stays one.
                    if (call.TargetMethod.ContainingType.SpecialType is not SpecialType.System_String) return null;
                    break;
                case IObjectCreationOperation { Type: { } made }:
                    return ReaderOf(made);
                case IAnonymousFunctionOperation or IBlockOperation or IAssignmentOperation or IVariableInitializerOperation:
                    return null;
            }
        }

        return null;
    }

    private static string? ReaderOf(IMethodSymbol method)
    {
        var type = NameOf(method.ContainingType);
        var isLog = type is "Microsoft.Extensions.Logging.ILogger" or "Microsoft.Extensions.Logging.LoggerExtensions"
            || method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "LoggerMessageAttribute");
        return isLog ? "the log"
            : type is "System.Console" ? "the console"
            : type is Contract + "ProbeResult" ? "the result of a probe"
            : type is Contract + "ApiAnswer" && method.Name == "ToFailure" ? "the message of an exception"
            : null;
    }

    private static string? ReaderOf(ITypeSymbol made)
    {
        for (var type = made; type is not null; type = type.BaseType)
            if (NameOf(type) == "System.Exception") return "the message of an exception";
        var name = NameOf(made);
        return name is Contract + "ConfigError" or Contract + "FieldError" ? "an error that people are shown"
            : name is Contract + "ProbeStep" ? "the result of a probe"
            : name is Contract + "ActionPreview" ? "a preview"
            : null;
    }

    private static string NameOf(ISymbol type) => $"{type.ContainingNamespace}.{type.Name}";
}
