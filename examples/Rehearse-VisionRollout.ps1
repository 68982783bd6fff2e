<#
.SYNOPSIS
    Rehearses the whole rollout on this machine: starts a rehearsal cluster and runs the very same runbook against it.
.DESCRIPTION
    Nothing is needed but this machine: the cluster speaks the real protocols on loopback addresses, the eight hours pass on a virtual clock,
    and real requests run through its gateway all the time. The report lies in -ReportPath afterwards.

    Exit codes are those of the runbook; 6 means that the rollout ended as planned but requests or writes were lost, repeated or misrouted,
    7 that it was signed off in spite of the -Fault.
.EXAMPLE
    ./Rehearse-VisionRollout.ps1
    The rollout as planned.
.EXAMPLE
    ./Rehearse-VisionRollout.ps1 -Fault performance-degradation
    The new version is too slow: the plan's contingency is rehearsed.
#>
[CmdletBinding()]
param(
    # A row of the risk matrix to rehearse: migration-failure, service-communication, performance-degradation, external-service or resource-exhaustion.
    [ValidateSet('migration-failure', 'service-communication', 'performance-degradation', 'external-service', 'resource-exhaustion')]
    [string] $Fault,

    # The plan.
    [string] $Plan = [System.IO.Path]::Combine($PSScriptRoot, 'rollout.psd1'),

    # The version to roll out.
    [string] $Version = 'v1.1.0',

    # The versions that can be pulled in the rehearsal. Any other -Version shows what a missing image does.
    [string[]] $Available = @('v1.1.0'),

    # Folder of the report.
    [string] $ReportPath = [System.IO.Path]::Combine($PWD.Path, 'report'),

    # Folder of the journal. By default it is temporary; after an unexpected end it lies beside the report, else the report tells all of it.
    [string] $JournalPath,

    # Port of the gateway; 0: any free one.
    [int] $GatewayPort = 0
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module VisionRollout)) { Import-Module VisionRollout }

$journals = if ($JournalPath) { $JournalPath } else { [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "visionrollout-journals-$([System.Guid]::NewGuid().ToString('N'))") }
$code = 1
$expected = if ($Fault) { 3 } else { 0 }
try {
    $rehearsal = Start-Rehearsal -Plan $Plan -Version $Available -GatewayPort $GatewayPort -ProbesPerSecond 120
    "The rehearsal cluster is up: kubectl --kubeconfig $($rehearsal.KubeConfig) get pods"

    # When each trouble begins, counted from 08:55.
    switch ($Fault) {
        'migration-failure'       { $null = Add-RehearsalFault migration-failure -TargetService development }
        'external-service'        { $null = Add-RehearsalFault external-service -TargetService business -After 1:00:00 }
        'service-communication'   { $null = Add-RehearsalFault service-communication -TargetVersion $Version -After 2:50:00 }
        'performance-degradation' { $null = Add-RehearsalFault performance-degradation -TargetVersion $Version -Magnitude 80 -After 3:20:00 }
        'resource-exhaustion'     { $null = Add-RehearsalFault resource-exhaustion -TargetVersion $Version -After 3:30:00 }
    }

    # Each decider approves with credentials of their own: the rehearsal's kubeconfig has a context for everybody whom the plan knows.
    $contexts = @{}
    foreach ($contact in (Import-RolloutPlan $Plan).Contacts | Where-Object Identity) { $contexts[$contact.Role] = $contact.Identity }

    $runbook = @{
        Plan        = $Plan
        Environment = 'production'
        Version     = $Version
        Endpoint    = $rehearsal.Endpoint
        JournalPath = $journals
        ReportPath  = $ReportPath
        # A rehearsal has nobody to ask: the deciders' approvals and the checklists are given ahead.
        Approval    = @{ Canary = @('Tech Lead', 'DevOps Lead'); Cutover = @('CTO') }
        ApproverContext = $contexts
        Confirmed   = @('*')
    }
    & ([System.IO.Path]::Combine($PSScriptRoot, 'Start-VisionRollout.ps1')) @runbook
    $code = $LASTEXITCODE

    $traffic = Get-RehearsalTraffic
    $traffic
    try { Export-RolloutReport -Path $ReportPath -Format Html, Json, Markdown -PassThru | ForEach-Object { "Report: $_" } }
    catch {
        # How the rollout ended counts for more than its report.
        $ErrorActionPreference = 'Continue'
        $PSCmdlet.WriteError($_)
        if (-not $code) { $code = 1 }
    }
    # A fault that nobody noticed is no success of the rehearsal.
    if ($Fault -and -not $code) { $code = 7 }
    if ($code -in 0, $expected -and ($traffic.Lost -or $traffic.Duplicated -or $traffic.Misrouted -or $traffic.MissingWrites)) { $code = 6 }
}
finally {
    Stop-Rehearsal
    if (-not $JournalPath -and [System.IO.Directory]::Exists($journals)) {
        # Whoever looks for the cause of an unexpected end wants the journal: it then lies beside the report.
        if ($code -notin 0, $expected) {
            foreach ($file in [System.IO.Directory]::GetFiles($journals, '*.jsonl')) {
                $null = [System.IO.Directory]::CreateDirectory($ReportPath)
                $kept = [System.IO.Path]::Combine($ReportPath, [System.IO.Path]::GetFileName($file))
                [System.IO.File]::Copy($file, $kept, $true)
                "Journal: $kept"
            }
        }
        else { 'The journal was a temporary one; -JournalPath keeps it.' }
        [System.IO.Directory]::Delete($journals, $true)
    }
}
exit $code
