@{
    RootModule           = 'VisionRollout.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d0e4c4e-6a0b-4b0f-9a55-0d0f0c6d8a51'
    Author               = 'The VisionRollout authors'
    CompanyName          = 'VisionRollout'
    Copyright            = '(c) The VisionRollout authors'
    Description          = 'Carries a production rollout on Kubernetes from the first backup to the final sign-off: PostgreSQL backup and migration, blue-green deployment, a canary judged on evidence, the cutover, validation, and the way back at every point.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('VisionRollout.Format.ps1xml')
    TypesToProcess       = @('VisionRollout.Types.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Add-AlertSilence'
        'Add-RehearsalFault'
        'Approve-RolloutGate'
        'Approve-SuccessCriterion'
        'Backup-ServiceDatabase'
        'Clear-Environment'
        'Compare-Deployment'
        'Complete-Rollout'
        'Confirm-RolloutChecklist'
        'Connect-Rollout'
        'Deny-RolloutGate'
        'Deploy-Service'
        'Disconnect-Rollout'
        'Export-RolloutReport'
        'Get-DatabaseMigration'
        'Get-RehearsalTraffic'
        'Get-Rollout'
        'Get-RolloutService'
        'Get-ServiceDatabaseBackup'
        'Get-Traffic'
        'Import-RolloutPlan'
        'Invoke-DatabaseMigration'
        'Invoke-RolloutPhase'
        'Invoke-RolloutStep'
        'Measure-AlertAccuracy'
        'Protect-Environment'
        'Remove-AlertSilence'
        'Remove-ServiceDatabaseBackup'
        'Resolve-CanaryVerdict'
        'Restore-ServiceDatabase'
        'Send-RolloutMessage'
        'Start-Canary'
        'Start-Rehearsal'
        'Start-Rollout'
        'Step-Canary'
        'Stop-Rehearsal'
        'Stop-Rollout'
        'Switch-Traffic'
        'Test-DatabaseMigration'
        'Test-Deployment'
        'Test-RolloutAccess'
        'Test-RolloutGate'
        'Test-RolloutPlan'
        'Test-ServiceDatabaseBackup'
        'Test-SuccessCriterion'
        'Undo-DatabaseMigration'
        'Undo-Rollout'
        'Watch-Canary'
        'Watch-Deployment'
        'Watch-Rollout'
    )
    PrivateData          = @{
        PSData = @{
            Tags = @('Kubernetes', 'Rollout', 'BlueGreen', 'Canary', 'Deployment', 'PostgreSQL', 'Istio', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
        }
    }
}
