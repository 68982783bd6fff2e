using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The one line on standard output that tells the starter where everything is (PROTOCOL.md, "ready line").</summary>
public sealed record ReadyLine
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Always true: a failure is written by <see cref="Failure"/>.</summary>
    [JsonPropertyOrder(-1)]
    public bool Ready => true;

    /// <summary>The generated kubeconfig file.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>The context in the kubeconfig.</summary>
    public required string Context { get; init; }

    /// <summary>The namespace of the scenario.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Kubernetes API (https).</summary>
    public required string Kubernetes { get; init; }

    /// <summary>The mesh gateway (http).</summary>
    public required string Gateway { get; init; }

    /// <summary>The base address of the Prometheus HTTP API.</summary>
    public required string Prometheus { get; init; }

    /// <summary>The base address of the Alertmanager API.</summary>
    public required string Alertmanager { get; init; }

    /// <summary>The incoming chat webhook.</summary>
    public required string ChatWebhook { get; init; }

    /// <summary>The status page's sink.</summary>
    public required string StatusPage { get; init; }

    /// <summary>The virtual clock.</summary>
    public required string Clock { get; init; }

    /// <summary>The base address of the control endpoints.</summary>
    public required string Control { get; init; }

    /// <summary>The folder for backups.</summary>
    public required string Backups { get; init; }

    /// <summary>The PostgreSQL server's address.</summary>
    public required string PostgresHost { get; init; }

    /// <summary>The PostgreSQL server's port.</summary>
    public required int PostgresPort { get; init; }

    /// <summary>The folder of PostgreSQL's client programs (pg_dump, pg_restore); absent when none were found.</summary>
    public string? PostgresBin { get; init; }

    /// <summary>The rehearsal's process.</summary>
    public required int Pid { get; init; }

    /// <summary>The private directory, removed at the end.</summary>
    public required string Directory { get; init; }

    /// <summary>The line as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <summary>The line that says why the rehearsal cannot start.</summary>
    public static string Failure(string code, string error) => JsonSerializer.Serialize(new { ready = false, error, code }, Format);
}
