namespace VisionRollout.Tests.Backups;

/// <summary>What goes wrong with one request to a store.</summary>
internal sealed record StoreFault
{
    /// <summary>The store is overloaded and takes nothing.</summary>
    public static StoreFault SlowDown { get; } = Of(503, "SlowDown", "Please reduce your request rate.");

    /// <summary>The store refuses.</summary>
    public static StoreFault Refused { get; } = Of(403, "AccessDenied", "Access Denied.");

    /// <summary>The store answers 200 and tells the failure in the body.</summary>
    public static StoreFault Lie { get; } = Of(200, "InternalError", "We encountered an internal error. Please try again.");

    /// <summary>The store does what was asked, and the answer is lost.</summary>
    public static StoreFault AnswerLost { get; } = new() { AfterStore = true };

    /// <summary>This is answered; null: the store's own answer, or none.</summary>
    public string? Answer { get; init; }

    /// <summary>The store gets the request all the same.</summary>
    public bool AfterStore { get; init; }

    /// <summary>The connection is reset after so many bytes of the request's body.</summary>
    public long? CutRequestAt { get; init; }

    /// <summary>The connection is reset after so many bytes of the answer's body.</summary>
    public long? CutAnswerAt { get; init; }

    /// <summary>Instead of a reset, nothing comes any more.</summary>
    public bool GoesSilent { get; init; }

    /// <summary>The answer comes in pieces of so many bytes; 0: as the store sends it.</summary>
    public int PieceBytes { get; init; }

    private static StoreFault Of(int status, string code, string message)
    {
        var body = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>";
        return new() { Answer = $"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}" };
    }
}
