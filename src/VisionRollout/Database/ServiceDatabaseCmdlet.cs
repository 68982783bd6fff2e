using System.Management.Automation;
using System.Net;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Base of the cmdlets that work on the databases of the plan's services.</summary>
public abstract class ServiceDatabaseCmdlet : SessionCmdlet
{
    /// <summary>User and password for the database. Default: those of the plan's Secret, or libpq's own places (PG variables, the password file).</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The credential as the adapters take it.</summary>
    private protected NetworkCredential? Login => Credential is null || Credential == PSCredential.Empty ? null : Credential.GetNetworkCredential();

    /// <summary>A key that was given as a credential: the user is its name, the password its 32 bytes as base64 or hexadecimal digits.</summary>
    private protected BackupKey? KeyOf(PSCredential? given)
    {
        if (given is null || given == PSCredential.Empty) return null;
        if (BackupKey.Parse(given.UserName, given.GetNetworkCredential().Password) is { } key) return key;
        ThrowTerminatingError(ErrorRecords.From(new RolloutException("BackupKeyInvalid", RolloutErrorKind.InvalidInput, $"The password of -Key '{given.UserName}' is no AES-256 key.",
            "Give 32 bytes as base64 or hexadecimal digits, e.g. from: openssl rand -base64 32.", given.UserName)));
        return null;
    }

    /// <summary>The services of these names, in their order; a wildcard without a match gives none, a name without one is an error record.</summary>
    private protected IEnumerable<PlanService> FindServices(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                foreach (var service in Current.Plan.Services.Where(service => pattern.IsMatch(service.Name))) yield return service;
            }
            else if (Current.Plan.FindService(name) is { } service)
            {
                yield return service;
            }
            else
            {
                WriteError(ErrorRecords.From(PlanLookup.NotFound(Current.Plan, "Service", name, Current.Plan.Services.Select(service => service.Name))));
            }
        }
    }

    /// <summary>The service of this name.</summary>
    private protected PlanService FindService(string name) => Current.Plan.FindService(name) ?? throw PlanLookup.NotFound(Current.Plan, "Service", name, Current.Plan.Services.Select(service => service.Name));

    /// <summary>A place for backups as given, or the environment's: an S3 address as it is, a folder in full.</summary>
    private protected string Place(string? given)
    {
        var place = given ?? Current.Environment.Endpoints.Backups;
        if (place is null)
        {
            ThrowTerminatingError(ErrorRecords.From(new RolloutException("BackupDestinationMissing", RolloutErrorKind.InvalidInput,
                $"Nothing says where the backups of environment '{Current.Environment.Name}' go.", "Pass -Destination, or add Endpoints.Backups to the environment in the plan.", Current.Environment.Name)));
        }

        return place!.Contains("://", StringComparison.Ordinal) ? place : SessionState.Path.GetUnresolvedProviderPathFromPSPath(place);
    }

    /// <summary>The Deployment that serves: of the colour with the most traffic, as the route says now.</summary>
    private protected async Task<string> FindLiveDeploymentAsync(PlanService service, CancellationToken token)
    {
        var colour = (await Current.World.Router.ReadAsync(token)).LiveColour;
        return service.Deployments.FirstOrDefault(pair => string.Equals(pair.Key, colour, StringComparison.OrdinalIgnoreCase)).Value
            ?? throw new RolloutException("DeploymentUnknown", RolloutErrorKind.InvalidInput, $"The plan names no Deployment of service '{service.Name}' in the live colour '{colour}'.",
                $"Add {colour} to the service's Deployments.", service.Name);
    }
}
