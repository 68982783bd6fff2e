using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Leases;

namespace VisionRollout.Adapters.Leases;

/// <summary>The lease of an environment as a Lease (coordination.k8s.io/v1) in its namespace. <c>leaseTransitions</c> is the fencing number.
/// Every write names the resourceVersion that it starts from.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="environment">Name of the environment.</param>
public sealed class KubernetesLeaseStore(KubernetesConnection connection, string environment) : ILeaseStore
{
    private const string Api = "apis/coordination.k8s.io/v1";
    private const string Place = "visionrollout/place";
    private const string Process = "visionrollout/process";
    private const string User = "visionrollout/user";
    private const string Rollout = "visionrollout/rollout";
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <inheritdoc/>
    public string Name { get; } = "visionrollout-" + ObjectName(environment);

    private string Subject => $"Lease '{Name}'";

    /// <inheritdoc/>
    public async Task<LeaseRecord?> ReadAsync(CancellationToken token) =>
        await connection.FindAsync(connection.PathOf(Api, "leases", Name), Subject, token) is { } found ? Read(found) : null;

    /// <inheritdoc/>
    public async Task<LeaseRecord?> WriteAsync(LeaseRecord wanted, CancellationToken token)
    {
        var body = Describe(wanted);
        var request = wanted.ResourceVersion is null
            ? new KubernetesRequest(HttpMethod.Post, connection.PathOf(Api, "leases") + "?fieldManager=" + KubernetesConnection.FieldManager, Subject) { Body = body }
            : KubernetesRequest.MergePatch(connection.PathOf(Api, "leases", Name), Subject, body);
        request = request with { IsUnfenced = true };
        var answer = await connection.AskAsync(request, token);
        if (answer.IsSuccess) return Read(await connection.ParseObjectAsync(answer, request, token));
        // 409: changed or made by somebody else in between. 404: deleted in between.
        if (answer.Status is HttpStatusCode.Conflict || (answer.Status is HttpStatusCode.NotFound && wanted.ResourceVersion is not null)) return null;
        throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }

    private static string ObjectName(string text)
    {
        var name = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant()) name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        return name.ToString().Trim('-');
    }

    private JsonObject Describe(LeaseRecord lease)
    {
        var metadata = new JsonObject
        {
            ["name"] = Name,
            ["annotations"] = new JsonObject
            {
                [Place] = lease.Holder?.Place, [Process] = lease.Holder?.Process,
                [User] = lease.Holder is null ? null : lease.User, [Rollout] = lease.Holder is null ? null : lease.Rollout,
            },
        };
        if (lease.ResourceVersion is { } version) metadata["resourceVersion"] = version;
        return new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = lease.Holder?.Identity,
                ["leaseDurationSeconds"] = (int)Math.Ceiling(lease.Duration.TotalSeconds),
                ["acquireTime"] = lease.AcquiredAt.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture),
                ["renewTime"] = lease.RenewedAt.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture),
                ["leaseTransitions"] = lease.Fence,
            },
        };
    }

    private LeaseRecord Read(JsonObject stored)
    {
        var (metadata, spec) = (stored["metadata"], stored["spec"]);
        string Note(string key) => (string?)metadata?["annotations"]?[key] ?? "";
        var identity = (string?)spec?["holderIdentity"];
        return new LeaseRecord
        {
            Name = Name,
            Holder = string.IsNullOrEmpty(identity) ? null : new LeaseHolder(identity, Note(Place), Note(Process)),
            User = Note(User),
            Rollout = Note(Rollout),
            Fence = (long?)spec?["leaseTransitions"] ?? 0,
            AcquiredAt = Time(spec?["acquireTime"]),
            RenewedAt = Time(spec?["renewTime"]),
            Duration = TimeSpan.FromSeconds((int?)spec?["leaseDurationSeconds"] ?? 30),
            ResourceVersion = (string?)metadata?["resourceVersion"],
        };
    }

    private static DateTimeOffset Time(JsonNode? value) =>
        DateTimeOffset.TryParse((string?)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : DateTimeOffset.UnixEpoch;
}
