using System.Net;
using Amazon.Runtime;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Turns what a store throws into the module's failures.</summary>
internal static class BackupStoreErrors
{
    /// <summary>True for what a store, its file system or its network throws.</summary>
    public static bool IsFromStore(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or IOException or UnauthorizedAccessException or HttpRequestException;

    /// <summary>Describes a failure at a store.</summary>
    public static RolloutException From(Exception exception, string place) => exception switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } or UnauthorizedAccessException =>
            new("BackupStoreAccessDenied", RolloutErrorKind.AccessDenied, $"The backup store refuses access to {place}: {exception.Message}",
                "Check the credentials (AWS variables, profile or role) or the folder's permissions.", place, exception),
        AmazonServiceException { StatusCode: HttpStatusCode.NotFound } =>
            new("BackupStoreNotFound", RolloutErrorKind.NotFound, $"The backup store has no {place}: {exception.Message}",
                "Create the bucket, or correct Backups in the plan's Endpoints.", place, exception),
        _ => new("BackupStoreFailed", RolloutErrorKind.Unavailable, $"The backup store failed at {place}: {exception.Message}",
            "Check the store, its free space and the network to it, then try again.", place, exception),
    };
}
