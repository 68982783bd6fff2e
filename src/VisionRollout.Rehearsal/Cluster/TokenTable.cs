using System.Collections.Concurrent;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The bearer tokens that the API accepts.</summary>
internal sealed class TokenTable
{
    private readonly ConcurrentDictionary<string, ApiUser> users = new(StringComparer.Ordinal);

    /// <summary>Creates a table with one fresh token for <c>rehearsal-admin</c>.</summary>
    public TokenTable()
    {
        AdminToken = Issue("rehearsal-admin");
    }

    /// <summary>The token of <c>rehearsal-admin</c>.</summary>
    public string AdminToken { get; }

    /// <summary>Issues a random token for a user, so that different people can approve gates.</summary>
    public string Issue(string userName, params string[] groups)
    {
        var token = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        users[token] = new ApiUser(userName, [.. groups.Length == 0 ? ["system:masters"] : groups, "system:authenticated"]);
        return token;
    }

    /// <summary>The user of a token; null when nobody holds it.</summary>
    public ApiUser? Find(string token) => users.GetValueOrDefault(token);
}
